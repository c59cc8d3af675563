/* A ring of short records from many threads to one. */
import type { ConsumerOptions } from '../ring/ring-layout.js';
import { requireInteger, requirePowerOfTwo } from '../shared/options.js';
import { createRegion, openRegion, type Region, RegionKind } from '../shared/region.js';
import { leaveRole, takeRole } from '../shared/role.js';
import { MpscConsumer } from './mpsc-consumer.js';
import {
  CAPACITY,
  CONSUMER_ROLE,
  HEAD,
  SLOT_BYTES,
  SLOT_HEADER_BYTES,
  SLOTS_BYTE,
  slotWord,
  TAIL,
  TURN,
} from './mpsc-layout.js';
import { MpscProducer } from './mpsc-producer.js';

export interface MpscRingOptions {
  /** Records that it holds: a power of two, 1..2^20. */
  readonly capacity: number;
  /** Most bytes of a record: a multiple of 8, 8..65,536. */
  readonly slotBytes: number;
  /** The sequence of the first record, an integer of 32 bits. For tests of the wrap. Default: 0. */
  readonly firstSequence?: number;
}

/** A ring of short records from any number of threads to one. */
export class MpscRing {
  /** What another thread needs to attach. */
  readonly region: Region;
  readonly #words: Int32Array;

  private constructor(region: Region) {
    this.region = region;
    this.#words = openRegion(region, RegionKind.MpscRing, (words) =>
      ringBytes(words[CAPACITY]!, words[SLOT_BYTES]!),
    );
  }

  /** @throws HIOLOAD_OPTION_INVALID */
  static create({ capacity, slotBytes, firstSequence = 0 }: MpscRingOptions): MpscRing {
    requirePowerOfTwo('capacity', capacity, 1, 2 ** 20);
    requireInteger('slotBytes', slotBytes, 8, 65_536, 8);
    const ring = new MpscRing(
      createRegion(RegionKind.MpscRing, ringBytes(capacity, slotBytes), [capacity, slotBytes]),
    );
    ring.#words[TAIL] = ring.#words[HEAD] = firstSequence | 0;
    for (let i = 0; i < capacity; i++) {
      const sequence = (firstSequence + i) | 0;
      // Each slot looks as if the lap before was consumed. A zero could be the turn of a sequence
      // just below 2^32.
      ring.#words[slotWord(sequence, capacity, slotBytes) + TURN] = (sequence + 1 - capacity) | 0;
    }
    return ring;
  }

  /** @throws HIOLOAD_SHARED_LAYOUT */
  static attach(region: Region): MpscRing {
    return new MpscRing(region);
  }

  /** A writing end; each thread has its own. */
  producer(): MpscProducer {
    return new MpscProducer(this.#words);
  }

  /**
   * Takes the reading end, which goes on behind the last freed record.
   * @throws HIOLOAD_ROLE_TAKEN
   */
  consumer(options?: ConsumerOptions): MpscConsumer {
    takeRole(this.#words, CONSUMER_ROLE, 'consumer of a ring');
    return new MpscConsumer(this.#words, options);
  }

  /**
   * Frees the reading end of a thread that is gone. The next consumer gets the records that were
   * not freed.
   */
  evictConsumer(): void {
    leaveRole(this.#words, CONSUMER_ROLE);
  }
}

function ringBytes(capacity: number, slotBytes: number): number {
  return SLOTS_BYTE + capacity * (SLOT_HEADER_BYTES + slotBytes);
}
