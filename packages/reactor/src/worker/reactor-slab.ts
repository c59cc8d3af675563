import type { PoolHome } from '@hioload/api';
import { type BlockClass, NumaSlabs, type OwnSlab } from '@hioload/pool';
import { TasksetAffinity } from '../machine/index.js';

/** Room for a message of a mebibyte, the default limit, and what is sent along with it. */
const LARGEST_BLOCK_BYTES = 2 ** 20 + 2 ** 12;

/**
 * What a reactor can have on loan at a time: 14 MiB, of which the kernel can put 12 on huge pages. Many blocks of the size
 * of most messages, few of the largest.
 */
const BLOCKS: readonly BlockClass[] = [
  { blockBytes: 4_080, blocks: 512 },
  { blockBytes: 65_520, blocks: 64 },
  { blockBytes: LARGEST_BLOCK_BYTES, blocks: 8 },
];

/**
 * The slab of the reactor on this thread, which is pinned to the CPUs of `home` or not at all.
 * @throws HIOLOAD_AFFINITY_FAILED where it should be pinned and may run elsewhere
 */
export function createReactorSlab(home: PoolHome, pinned: boolean): OwnSlab {
  return new NumaSlabs({ classes: BLOCKS, ...(pinned ? { affinity: new TasksetAffinity() } : {}) }).create(home);
}
