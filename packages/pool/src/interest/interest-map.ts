/* The map that tells a publisher which reactors may have subscribers of a topic, and its hash. */
import {
  HioloadError,
  type InterestReader,
  type InterestWriter,
  type TopicHash,
} from '@hioload/api';
import { LINE_BYTES, LINE_WORDS } from '../shared/cache-line.js';
import { requireInteger, requirePowerOfTwo } from '../shared/options.js';
import {
  createRegion,
  FIRST_PARAMETER,
  openRegion,
  type Region,
  RegionKind,
} from '../shared/region.js';

/*
 * Behind the descriptor lie the masks, bucket by bucket. Bit b of mask m stands for reactor 32 * m
 * + b. The hash of a topic chooses the bucket. A reactor changes only its own bits, by atomic `or`
 * and `and`, because reactors share the words. The masks of a bucket lie side by side, so a
 * publisher reads one line.
 *
 * Each reactor counts for itself how many of its topics share a bucket. The bit is cleared with the
 * last of these topics.
 */
const BUCKETS = FIRST_PARAMETER;
const REACTORS = FIRST_PARAMETER + 1;

export interface InterestMapOptions {
  /** 1..4,096. */
  readonly reactors: number;
  /**
   * A power of two, 1..2^22. A multiple of the number of topics, so that few topics share a bucket.
   * Default: 65,536.
   */
  readonly buckets?: number;
}

/** Which reactors may have subscribers of a topic. Wait-free for readers and writers. */
export class InterestMap implements InterestReader {
  /** What another thread needs to attach. */
  readonly region: Region;
  readonly reactors: number;
  readonly maskCount: number;
  readonly #words: Int32Array;
  readonly #bucketMask: number;

  private constructor(region: Region) {
    this.region = region;
    this.#words = openRegion(region, RegionKind.InterestMap, (words) =>
      mapBytes(words[REACTORS]!, words[BUCKETS]!),
    );
    this.reactors = this.#words[REACTORS]!;
    this.maskCount = masksFor(this.reactors);
    this.#bucketMask = this.#words[BUCKETS]! - 1;
  }

  /** @throws HIOLOAD_OPTION_INVALID */
  static create({ reactors, buckets = 65_536 }: InterestMapOptions): InterestMap {
    requireInteger('reactors', reactors, 1, 4_096);
    requirePowerOfTwo('buckets', buckets, 1, 2 ** 22);
    const parameters = [buckets, reactors];
    return new InterestMap(
      createRegion(RegionKind.InterestMap, mapBytes(reactors, buckets), parameters),
    );
  }

  /** @throws HIOLOAD_SHARED_LAYOUT */
  static attach(region: Region): InterestMap {
    return new InterestMap(region);
  }

  mask(topic: TopicHash, index: number): number {
    // Pairs with the `or` in `add`: once a subscription has returned, the publisher sees the
    // subscriber.
    return Atomics.load(
      this.#words,
      LINE_WORDS + (topic & this.#bucketMask) * this.maskCount + index,
    );
  }

  /**
   * Makes the writer of a reactor, which has no entries so far. One thread has the writer.
   * @throws HIOLOAD_OPTION_INVALID
   */
  writer(reactor: number): InterestWriter {
    requireInteger('reactor', reactor, 0, this.reactors - 1);
    const first = LINE_WORDS + (reactor >>> 5);
    return new BucketCounts(
      this.#words,
      first,
      this.maskCount,
      1 << (reactor & 31),
      this.#bucketMask,
    );
  }

  /** Forgets the entries of a reactor whose thread is gone. */
  clear(reactor: number): void {
    const bit = 1 << (reactor & 31);
    for (
      let word = LINE_WORDS + (reactor >>> 5);
      word < this.#words.length;
      word += this.maskCount
    ) {
      if ((Atomics.load(this.#words, word) & bit) !== 0) Atomics.and(this.#words, word, ~bit);
    }
  }
}

class BucketCounts implements InterestWriter {
  readonly #words: Int32Array;
  readonly #first: number;
  readonly #stride: number;
  readonly #bit: number;
  readonly #bucketMask: number;
  /** How many topics of this reactor each bucket has. */
  readonly #counts: Uint32Array;

  constructor(words: Int32Array, first: number, stride: number, bit: number, bucketMask: number) {
    this.#words = words;
    this.#first = first;
    this.#stride = stride;
    this.#bit = bit;
    this.#bucketMask = bucketMask;
    this.#counts = new Uint32Array(bucketMask + 1);
  }

  add(topic: TopicHash): void {
    const bucket = topic & this.#bucketMask;
    // Pairs with the load in `mask`.
    if (this.#counts[bucket]!++ === 0)
      Atomics.or(this.#words, this.#first + bucket * this.#stride, this.#bit);
  }

  remove(topic: TopicHash): void {
    const bucket = topic & this.#bucketMask;
    if (this.#counts[bucket] === 0) {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `remove: no topic of bucket ${String(bucket)} is noted`,
      );
    }
    // A publisher may still see the bit; this reactor then reads a record for nobody.
    if (--this.#counts[bucket]! === 0)
      Atomics.and(this.#words, this.#first + bucket * this.#stride, ~this.#bit);
  }
}

function masksFor(reactors: number): number {
  return Math.ceil(reactors / 32);
}

function mapBytes(reactors: number, buckets: number): number {
  return LINE_BYTES + buckets * masksFor(reactors) * Int32Array.BYTES_PER_ELEMENT;
}

/**
 * Hashes a topic: FNV-1a over its UTF-16 units, then mixed, because the low bits choose the bucket.
 * Equal topics have equal hashes in all threads of a process. The hash does not withstand people
 * who look for collisions; a collision only costs a look.
 */
export function topicHash(topic: string): TopicHash {
  let hash = 0x811c9dc5;
  for (let i = 0; i < topic.length; i++) hash = Math.imul(hash ^ topic.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
