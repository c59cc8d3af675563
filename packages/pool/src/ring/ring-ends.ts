import { openRegion, type Region, type RegionKind } from '../shared/region.js';
import { leaveRole, takeRole } from '../shared/role.js';
import { CONSUMER_ROLE, PRODUCER_ROLE } from './ring-layout.js';

/**
 * A ring as both its ends see it before they are taken: slots and lanes alike. Producers and
 * consumers share no code: on their path a call that meets objects of two shapes takes 2 to 4 ns
 * longer, a quarter of what a record costs.
 */
export abstract class RingEnds {
  /** What another thread needs to attach. */
  readonly region: Region;
  protected readonly words: Int32Array;
  /** For messages: `ring` or `lane`. */
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

  /** Frees the writing end of a thread that is gone; what it had not made visible is lost. */
  evictProducer(): void {
    leaveRole(this.words, PRODUCER_ROLE);
  }

  /** Frees the reading end of a thread that is gone; what it had not freed is handed out again. */
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
