/** One row of the scaling table: the number of reactors, and the CPUs of each process. */
export interface ScalingRow {
  readonly reactors: number;
  readonly serverCpus: readonly number[];
  /** The CPUs of each load process. */
  readonly loadCpus: readonly (readonly number[])[];
  /** Whether each load process has a CPU of its own. If not, the load may set the pace. */
  readonly isLoadAlone: boolean;
}

/**
 * A load process spends about as much on a delivery as a reactor does. With two load processes for
 * each reactor, the reactors set the pace.
 */
const LOADS_PER_REACTOR = 2;

/**
 * Plans rows with 1, 2, 4 and so on reactors up to the number of CPUs, and a row with exactly that
 * number. The reactors have the first CPUs, and the load has the rest. If the rest is too small,
 * load processes share it. If there is no rest, reactors and load share all CPUs.
 * @param cpus the CPUs to use, at least one
 */
export function planScaling(cpus: readonly number[]): ScalingRow[] {
  return reactorCounts(cpus.length).map((reactors) => {
    const serverCpus = cpus.slice(0, reactors);
    const rest = cpus.slice(reactors);
    const loads = reactors * LOADS_PER_REACTOR;
    const isLoadAlone = rest.length >= loads;
    const shared = rest.length === 0 ? cpus : rest;
    const loadCpus = Array.from({ length: loads }, (_, index) =>
      isLoadAlone ? [rest[index]!] : shared,
    );
    return { reactors, serverCpus, loadCpus, isLoadAlone };
  });
}

function reactorCounts(cpus: number): number[] {
  const counts: number[] = [];
  for (let reactors = 1; reactors < cpus; reactors *= 2) counts.push(reactors);
  return [...counts, cpus];
}
