/** One row of the scaling table: how many reactors, and who runs where. */
export interface ScalingRow {
  readonly reactors: number;
  readonly serverCpus: readonly number[];
  /** CPUs of each load process. */
  readonly loadCpus: readonly (readonly number[])[];
  /** Whether each load process has a CPU of its own. If not, the load may set the pace. */
  readonly isLoadAlone: boolean;
}

/**
 * A load process spends about as much on a delivery as a reactor does: with two for each, the
 * reactors set the pace.
 */
const LOADS_PER_REACTOR = 2;

/**
 * Plans 1, 2, 4 reactors and so on up to the number of CPUs, and that number too. The reactors have
 * the first CPUs, the load the rest; where the rest is too small, load processes share it, and
 * where there is none, everybody shares all.
 * @param cpus those to use, at least one
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
