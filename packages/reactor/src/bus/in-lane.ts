import { Histogram, type Metrics } from '@hioload/api';
import { type LaneConsumer, NO_BLOCK } from '@hioload/pool';
import type { PeerSlabs } from './peer-slabs.js';
import {
  CODE_WORD,
  END_HEADER_BYTES,
  HANDLE_WORD,
  HEADER_BYTES,
  isBinary,
  isLeased,
  joinHalves,
  kindOf,
  LEASED_HEADER_BYTES,
  LENGTH_WORD,
  padOf,
  RecordKind,
  SLAB_WORD,
  topicBytesOf,
} from './record.js';
import { NO_STAMP, secondsSince } from './stamp.js';
import type { TopicCache } from './topic-cache.js';

/** Whom the records of a reactor are for. Bytes are valid during the call. Must not throw. */
export interface RecordHandler {
  onPublish(topic: string, bytes: Uint8Array, start: number, end: number, binary: boolean): void;
  onSend(id: number, bytes: Uint8Array, start: number, end: number, binary: boolean): void;
  onEnd(id: number, code: number, reason: string): void;
}

/** What the lanes of a reactor are read with. */
export interface InLaneParts {
  readonly handler: RecordHandler;
  readonly slabs: PeerSlabs;
  readonly topics: TopicCache;
  readonly metrics: Metrics;
}

/** The lane from one other participant, from the reading end. */
export class InLane {
  readonly from: number;
  readonly #consumer: LaneConsumer;
  readonly #parts: InLaneParts;
  #words: Int32Array = new Int32Array(0);

  constructor(from: number, consumer: LaneConsumer, parts: InLaneParts) {
    this.from = from;
    this.#consumer = consumer;
    this.#parts = parts;
  }

  hasRecords(): boolean {
    return this.#consumer.hasRecords();
  }

  /** Handles up to `limit` records. @returns how many there were */
  drain(limit: number): number {
    return this.#consumer.drain(limit, this.#handle);
  }

  /**
   * Frees all that is visible without handling it, and sends its leases home. Where the thread is
   * ended by a record of this very lane, the lane stays as it is, for the supervisor to clear up.
   * @returns how many records there were
   */
  discard(): number {
    if (this.#consumer.isLent) return 0;
    return discardRecords(this.#consumer, (slab, handle) =>
      this.#parts.slabs.release(slab, handle),
    );
  }

  readonly #handle = (bytes: Uint8Array, start: number, end: number): void => {
    const words = this.#wordsOf(bytes);
    const word = start >> 2;
    const head = words[word]!;
    if (isLeased(head)) return this.#handleLeased(bytes, words, start);
    const kind = kindOf(head);
    const topicAt = start + (kind === RecordKind.End ? END_HEADER_BYTES : HEADER_BYTES);
    const topicEnd = topicAt + topicBytesOf(head);
    const from = topicEnd + padOf(head);
    if (kind === RecordKind.Publish) {
      this.#publish(words, word, bytes, topicAt, topicEnd, bytes, from, end, isBinary(head));
    } else if (kind === RecordKind.Send) {
      this.#parts.handler.onSend(idIn(words, word), bytes, from, end, isBinary(head));
    } else {
      const reason = Buffer.from(bytes.slice(from, end)).toString();
      this.#parts.handler.onEnd(idIn(words, word), words[word + CODE_WORD]!, reason);
    }
  };

  #handleLeased(bytes: Uint8Array, words: Int32Array, start: number): void {
    const word = start >> 2;
    const head = words[word]!;
    const handle = words[word + HANDLE_WORD]!;
    const slab = this.#parts.slabs.get(words[word + SLAB_WORD]!);
    const from = slab.startOf(handle) + padOf(head);
    const end = from + words[word + LENGTH_WORD]!;
    if (kindOf(head) === RecordKind.Publish) {
      const topicAt = start + LEASED_HEADER_BYTES;
      this.#publish(
        words,
        word,
        bytes,
        topicAt,
        topicAt + topicBytesOf(head),
        slab.bytes,
        from,
        end,
        isBinary(head),
      );
    } else {
      this.#parts.handler.onSend(idIn(words, word), slab.bytes, from, end, isBinary(head));
    }
    // First the record, then the lease: whoever clears the lane up after this thread died must not
    // give it back again.
    words[word + HANDLE_WORD] = NO_BLOCK;
    slab.release(handle);
  }

  #publish(
    words: Int32Array,
    word: number,
    topicBytes: Uint8Array,
    topicAt: number,
    topicEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    binary: boolean,
  ): void {
    const { topics, handler, metrics } = this.#parts;
    const topic = topics.get(words[word + 1]!, topicBytes, words, topicAt, topicEnd);
    handler.onPublish(topic, bytes, start, end, binary);
    const stamp = words[word + 2]!;
    if (stamp !== NO_STAMP) metrics.observe(Histogram.PublishLatency, secondsSince(stamp));
  }

  /** The memory of the lane in words; known with the first record. */
  #wordsOf(bytes: Uint8Array): Int32Array {
    if (this.#words.length === 0) this.#words = wordsOver(bytes);
    return this.#words;
  }
}

/**
 * Frees all visible records of a lane and hands the lease of each that has one to `release`.
 * @returns how many there were
 */
export function discardRecords(
  consumer: LaneConsumer,
  release: (slab: number, handle: number) => void,
): number {
  return consumer.drain(Number.POSITIVE_INFINITY, (bytes, start) => {
    const words = wordsOver(bytes);
    const word = start >> 2;
    if (!isLeased(words[word]!)) return;
    const handle = words[word + HANDLE_WORD]!;
    if (handle !== NO_BLOCK) release(words[word + SLAB_WORD]!, handle);
  });
}

function idIn(words: Int32Array, word: number): number {
  return joinHalves(words[word + 1]!, words[word + 2]!);
}

function wordsOver({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
}
