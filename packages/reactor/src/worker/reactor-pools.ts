/** Makes the memory pools of one reactor on its own thread. */
import type { PoolHome } from '@hioload/api';
import { type BlockClass, NumaPools, type OwnPools } from '@hioload/pool';
import { machineAffinity } from '../machine/index.js';

/**
 * Makes the pools of the reactor on this thread: the slab of the bus and the plain pools of the
 * transport. The thread is pinned to the CPUs of `home` or not at all.
 * @throws HIOLOAD_AFFINITY_FAILED where it should be pinned and may run elsewhere
 */
export function createReactorPools(
  home: PoolHome,
  pinned: boolean,
  classes: readonly BlockClass[],
): OwnPools {
  return new NumaPools({
    classes,
    // The memory budget of the transport has the limit: `maxHeldBytes`.
    maxBytes: Number.MAX_SAFE_INTEGER,
    ...(pinned ? { affinity: machineAffinity() } : {}),
  }).create(home);
}
