/* The two ends of a ring, before threads take them. */
import { openRegion, type Region, type RegionKind } from '../shared/region.js';
import { leaveRole, takeRole } from '../shared/role.js';
import { CONSUMER_ROLE, PRODUCER_ROLE } from './ring-layout.js';

/**
 * A ring before its ends are taken; for rings of slots and for lanes. The producers and consumers
 * of the two kinds share no code: a call that meets objects of two shapes takes 2 to 4 ns longer,
 * which is a quarter of the cost of a record.
 */
export abstract class RingEnds {
  /** What another thread needs to attach. */
  readonly region: Region;
  protected readonly words: Int32Array;
  /** The word for errors: `ring` or `lane`. */
  readonly #noun: string;

  /**
   * @param bytesOf bytes of the ring, from the words of its descriptor @throws
   * HIOLOAD_SHARED_LAYOUT
   */
  protected constructor(
    region: Region,
    kind: RegionKind,
    bytesOf: (words: Int32Array) => number,
    noun: string,
  ) {
    this.region = region;
    this.words = openRegion(region, kind, bytesOf);
    this.#noun = noun;
  }

  /** Frees the writing end of a thread that is gone. The records that were not visible are lost. */
  evictProducer(): void {
    leaveRole(this.words, PRODUCER_ROLE);
  }

  /**
   * Frees the reading end of a thread that is gone. The next consumer gets the records that were
   * not freed.
   */
  evictConsumer(): void {
    leaveRole(this.words, CONSUMER_ROLE);
  }

  /** @throws HIOLOAD_ROLE_TAKEN */
  protected takeProducer(): void {
    takeRole(this.words, PRODUCER_ROLE, `producer of a ${this.#noun}`);
  }

  /** @throws HIOLOAD_ROLE_TAKEN */
  protected takeConsumer(): void {
    takeRole(this.words, CONSUMER_ROLE, `consumer of a ${this.#noun}`);
  }
}
