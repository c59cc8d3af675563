/** Finds the NUMA nodes that a server is going to run on. */
import type { Affinity, Topology } from '@hioload/api';
import { machineAffinity, placeReactors } from '../machine/index.js';
import { SERVER_DEFAULTS } from '../server-defaults.js';
import type { ServerOptions } from './server-options.js';
import { decidePinning } from './pinning.js';

/**
 * The nodes of the CPUs that a server will run on, ascending. If the reactors are pinned, these are
 * the nodes of their places; if not, the nodes of all allowed CPUs.
 * @throws HIOLOAD_PLACEMENT_IMPOSSIBLE, HIOLOAD_AFFINITY_FAILED for the same reasons as the start
 */
export function nodesInUse(
  {
    group = SERVER_DEFAULTS.group,
    reactors,
    pin = SERVER_DEFAULTS.pin,
  }: Pick<ServerOptions, 'group' | 'reactors' | 'pin'>,
  topology: Topology,
  affinity: Affinity = machineAffinity(),
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
