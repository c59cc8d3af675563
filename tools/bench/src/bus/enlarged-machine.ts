// A machine with more CPUs than there are, so that more reactors than CPUs can be measured.
import type { Topology } from '@hioload/api';
import { detectTopology } from '@hioload/reactor';

/** The machine that a server sees, and how the server places its reactors there. */
export interface EnlargedMachine {
  readonly topology: Topology;
  /** `off` if the machine has invented CPUs. */
  readonly pin: 'auto' | 'off';
}

/**
 * The machine of this process. If it has too few CPUs for the reactors, copies of its first CPU are
 * added.
 */
export async function enlargedMachine(reactors: number): Promise<EnlargedMachine> {
  return enlarge(await detectTopology(), reactors);
}

export function enlarge(topology: Topology, reactors: number): EnlargedMachine {
  const { cpus, allowedCpus } = topology;
  const missing = reactors - allowedCpus.length;
  if (missing <= 0) return { topology, pin: 'auto' };
  const next = Math.max(...cpus.map(({ id }) => id)) + 1;
  const added = Array.from({ length: missing }, (_, index) => next + index);
  return {
    topology: {
      ...topology,
      cpus: [...cpus, ...added.map((id) => ({ ...cpus[0]!, id, core: id }))],
      allowedCpus: [...allowedCpus, ...added],
    },
    pin: 'off',
  };
}
