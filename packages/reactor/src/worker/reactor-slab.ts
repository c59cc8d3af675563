import type { PoolHome } from '@hioload/api';
import { type BlockClass, NumaSlabs, type OwnSlab } from '@hioload/pool';
import { TasksetAffinity } from '../machine/index.js';

/**
 * The slab of the reactor on this thread, which is pinned to the CPUs of `home` or not at all.
 * @throws HIOLOAD_AFFINITY_FAILED where it should be pinned and may run elsewhere
 */
export function createReactorSlab(
  home: PoolHome,
  pinned: boolean,
  classes: readonly BlockClass[],
): OwnSlab {
  return new NumaSlabs({ classes, ...(pinned ? { affinity: new TasksetAffinity() } : {}) }).create(
    home,
  );
}
