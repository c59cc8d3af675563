// A machine with more CPUs than there are, so that more reactors than CPUs can be measured.
import type { Topology } from '@hioload/api';
import { detectTopology } from '@hioload/reactor';

/** What a server takes its machine for, and how it is to place its reactors there. */
export interface EnlargedMachine {
  readonly topology: Topology;
  /** `off` where it has CPUs that are not there. */
  readonly pin: 'auto' | 'off';
}

/** The machine, with as many CPUs like its first beside as are missing for so many reactors. */
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
