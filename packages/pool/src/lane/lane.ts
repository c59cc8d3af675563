/* A lane: a ring of records of any length, from one thread to one other. */
import {
  CAPACITY,
  type ConsumerOptions,
  HEAD,
  type ProducerOptions,
  RECORDS_BYTE,
  TAIL,
} from '../ring/ring-layout.js';
import { RingEnds } from '../ring/ring-ends.js';
import { requireInteger, requirePowerOfTwo } from '../shared/options.js';
import { createRegion, describeRegion, type Region, RegionKind } from '../shared/region.js';
import { distance } from '../shared/sequence.js';
import { LaneConsumer } from './lane-consumer.js';
import { LaneProducer } from './lane-producer.js';

export interface LaneOptions {
  /** Bytes for records and what surrounds them: a power of two, 64..2^27. */
  readonly capacityBytes: number;
  /**
   * The position of the first record, a multiple of 8 in 32 bits. For tests of the wrap. Default:
   * 0.
   */
  readonly firstPosition?: number;
}

/**
 * A ring of records of any length, from one thread to one other. Positions are bytes. Both sides
 * are wait-free. A thread that dies at any step leaves a lane with which others can go on.
 */
export class Lane extends RingEnds {
  private constructor(region: Region) {
    super(region, RegionKind.Lane, (words) => laneBytes(words[CAPACITY]!), 'lane');
  }

  /** @throws HIOLOAD_OPTION_INVALID */
  static create(options: LaneOptions): Lane {
    requireLaneOptions(options);
    const region = createRegion(RegionKind.Lane, laneBytes(options.capacityBytes), [
      options.capacityBytes,
    ]);
    return Lane.#begin(region, options);
  }

  /**
   * Makes a lane in memory that is all zeros and `laneBytes` long.
   * @throws HIOLOAD_OPTION_INVALID
   */
  static createIn(region: Region, options: LaneOptions): Lane {
    requireLaneOptions(options);
    describeRegion(region, RegionKind.Lane, [options.capacityBytes]);
    return Lane.#begin(region, options);
  }

  /** @throws HIOLOAD_SHARED_LAYOUT */
  static attach(region: Region): Lane {
    return new Lane(region);
  }

  static #begin(region: Region, { firstPosition = 0 }: LaneOptions): Lane {
    const lane = new Lane(region);
    lane.words[TAIL] = lane.words[HEAD] = firstPosition | 0;
    return lane;
  }

  /**
   * Takes the writing end, which goes on behind the last visible record.
   * @throws HIOLOAD_ROLE_TAKEN, HIOLOAD_OPTION_INVALID
   */
  producer(options?: ProducerOptions): LaneProducer {
    this.takeProducer();
    return new LaneProducer(this.words, options);
  }

  /**
   * Takes the reading end, which goes on behind the last freed record. @throws HIOLOAD_ROLE_TAKEN
   */
  consumer(options?: ConsumerOptions): LaneConsumer {
    this.takeConsumer();
    return new LaneConsumer(this.words, options);
  }

  /**
   * The bytes of records that are visible and not freed, as any thread sees them. The answer may be
   * late.
   */
  depthBytes(): number {
    // Pairs with the stores of both ends. HEAD is read first: read second, HEAD could overtake the
    // TAIL that was read.
    const head = Atomics.load(this.words, HEAD);
    return distance(Atomics.load(this.words, TAIL), head);
  }
}

/** The bytes that a lane of a capacity takes, with its control lines. */
export function laneBytes(capacityBytes: number): number {
  return RECORDS_BYTE + capacityBytes;
}

function requireLaneOptions({ capacityBytes, firstPosition = 0 }: LaneOptions): void {
  requirePowerOfTwo('capacityBytes', capacityBytes, 64, 2 ** 27);
  requireInteger('firstPosition', firstPosition, -(2 ** 31), 2 ** 32, 8);
}
