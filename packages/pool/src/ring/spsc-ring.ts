/* A ring of records of one length, from one thread to one other. */
import { requireInteger, requirePowerOfTwo } from '../shared/options.js';
import { createRegion, type Region, RegionKind } from '../shared/region.js';
import {
  CAPACITY,
  type ConsumerOptions,
  HEAD,
  type ProducerOptions,
  RECORDS_BYTE,
  SLOT_BYTES,
  TAIL,
} from './ring-layout.js';
import { RingEnds } from './ring-ends.js';
import { SpscConsumer } from './spsc-consumer.js';
import { SpscProducer } from './spsc-producer.js';

export interface SpscRingOptions {
  /** Records that it holds: a power of two, 1..2^24. */
  readonly capacity: number;
  /** Bytes of each record: a multiple of 8, 8..65,536. */
  readonly slotBytes: number;
  /** The sequence of the first record, an integer of 32 bits. For tests of the wrap. Default: 0. */
  readonly firstSequence?: number;
}

/**
 * A ring of records of one length, from one thread to one other. Both sides are wait-free: each
 * call does a bounded number of steps, whatever the other thread does. A thread that dies at any
 * step leaves a ring with which others can go on.
 */
export class SpscRing extends RingEnds {
  private constructor(region: Region) {
    super(
      region,
      RegionKind.SpscRing,
      (words) => ringBytes(words[CAPACITY]!, words[SLOT_BYTES]!),
      'ring',
    );
  }

  /** @throws HIOLOAD_OPTION_INVALID */
  static create({ capacity, slotBytes, firstSequence = 0 }: SpscRingOptions): SpscRing {
    requirePowerOfTwo('capacity', capacity, 1, 2 ** 24);
    requireInteger('slotBytes', slotBytes, 8, 65_536, 8);
    const region = createRegion(RegionKind.SpscRing, ringBytes(capacity, slotBytes), [
      capacity,
      slotBytes,
    ]);
    const ring = new SpscRing(region);
    ring.words[TAIL] = ring.words[HEAD] = firstSequence | 0;
    return ring;
  }

  /** @throws HIOLOAD_SHARED_LAYOUT */
  static attach(region: Region): SpscRing {
    return new SpscRing(region);
  }

  /**
   * Takes the writing end, which goes on behind the last visible record.
   * @throws HIOLOAD_ROLE_TAKEN, HIOLOAD_OPTION_INVALID
   */
  producer(options?: ProducerOptions): SpscProducer {
    this.takeProducer();
    return new SpscProducer(this.words, options);
  }

  /**
   * Takes the reading end, which goes on behind the last freed record. @throws HIOLOAD_ROLE_TAKEN
   */
  consumer(options?: ConsumerOptions): SpscConsumer {
    this.takeConsumer();
    return new SpscConsumer(this.words, options);
  }
}

function ringBytes(capacity: number, slotBytes: number): number {
  return RECORDS_BYTE + capacity * slotBytes;
}
