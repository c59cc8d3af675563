// The cheapest possible pool, so that the codec is measured and not a pool.
import type { BlockStats, BytePool, Lease } from '@hioload/api';

const BLOCK_BYTES = 1_048_576;

/**
 * The cheapest possible pool: it lends blocks of one size over and over. The bench measures the
 * codec, not a pool.
 */
export class ReusingPool implements BytePool {
  readonly maxBlockBytes = BLOCK_BYTES;
  readonly #idle: Lease[] = [];

  acquire(): Lease {
    return this.#idle.pop() ?? this.#make();
  }

  stats(): readonly BlockStats[] {
    return [];
  }

  #make(): Lease {
    const bytes = new Uint8Array(BLOCK_BYTES);
    const release = (): void => void this.#idle.push(lease);
    const lease: Lease = {
      bytes,
      start: 0,
      capacity: BLOCK_BYTES,
      view: (byteLength) => bytes.subarray(0, byteLength),
      retain: () => lease,
      release,
      [Symbol.dispose]: release,
    };
    return lease;
  }
}
