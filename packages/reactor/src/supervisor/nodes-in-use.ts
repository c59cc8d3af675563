/** Finds the NUMA nodes that a server is going to run on. */
import type { Affinity, Topology } from '@hioload/api';
import { placeReactors, TasksetAffinity } from '../machine/index.js';
import { SERVER_DEFAULTS } from '../server-defaults.js';
import type { ServerOptions } from './server-options.js';
import { decidePinning } from './pinning.js';

/**
 * The nodes whose CPUs a server is going to run on, ascending: those of its places where its
 * reactors are pinned, and those of all allowed CPUs where they are not.
 * @throws HIOLOAD_PLACEMENT_IMPOSSIBLE, HIOLOAD_AFFINITY_FAILED, as the start of the server would
 */
export function nodesInUse(
  {
    group = SERVER_DEFAULTS.group,
    reactors,
    pin = SERVER_DEFAULTS.pin,
  }: Pick<ServerOptions, 'group' | 'reactors' | 'pin'>,
  topology: Topology,
  affinity: Affinity = new TasksetAffinity(),
): readonly number[] {
  const { places } = placeReactors(topology, {
    group,
    ...(reactors === undefined ? {} : { reactors }),
  });
  const { pinned } = decidePinning(pin, topology, affinity);
  const allowed = new Set(topology.allowedCpus);
  const used = pinned ? places : topology.cpus.filter(({ id }) => allowed.has(id));
  return [...new Set(used.map(({ node }) => node))].sort((a, b) => a - b);
}
