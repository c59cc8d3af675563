/* The lanes to one reactor, as their reader sees them: each record goes to its receivers. */
import { Histogram, Metric, type Metrics } from '@hioload/api';
import { type LaneConsumer, NO_BLOCK } from '@hioload/pool';
import type { BusMemory } from './bus-memory.js';
import {
  CODE_WORD,
  END_HEADER_BYTES,
  HANDLE_WORD,
  INLINE_HEADER_BYTES,
  idIn,
  isBinary,
  isLeased,
  kindOf,
  LEASED_HEADER_BYTES,
  LENGTH_WORD,
  NO_STAMP,
  padBeforePayload,
  RecordKind,
  secondsSince,
  SLAB_WORD,
  topicBytesOf,
} from './bus-record.js';
import { IncomingTopics } from './known-topics.js';
import type { PeerSlabs } from './membership.js';

/** Most time that one lane may take from the reactor at a time, in milliseconds. */
const SLICE_MS = 0.5;
/**
 * Most time that all lanes together may take within one turn of the event loop, in milliseconds.
 */
const TURN_MS = 2;

/** Receives the records of a reactor. Bytes are valid during the call. Must not throw. */
export interface RecordReceiver {
  onPublish(topic: string, bytes: Uint8Array, start: number, end: number, binary: boolean): void;
  onSend(id: number, bytes: Uint8Array, start: number, end: number, binary: boolean): void;
  onEnd(id: number, code: number, reason: string): void;
}

/** What an inbox is made from. */
export interface InboxParts {
  readonly memory: BusMemory;
  readonly row: number;
  readonly receiver: RecordReceiver;
  readonly slabs: PeerSlabs;
  readonly metrics: Metrics;
  /** Most records that the inbox takes from a lane at a time. */
  readonly drainRecords: number;
  /** Milliseconds that never go back. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * The lanes to one reactor. The inbox reads them fairly, one after the other. It takes as many
 * records from a lane as the last records let it handle in a slice of time, and stops after a part
 * of the turn, so that the sockets get the rest of the turn.
 */
export class Inbox {
  readonly #lanes: readonly InLane[];
  readonly #metrics: Metrics;
  readonly #now: () => number;
  readonly #drainRecords: number;
  /** The lane that comes next. */
  #next = 0;
  /** The last reading of the clock. A reading costs as much as a short record. */
  #nowMs = 0;
  /** Records to take at a time: as many as fit into a slice, judged by the last ones. */
  #batch = 1;

  /** Takes the reading end of each lane, whose memory is open. @throws HIOLOAD_ROLE_TAKEN */
  constructor(parts: InboxParts) {
    const { memory, row, metrics, drainRecords, now = () => performance.now() } = parts;
    const others = Array.from({ length: memory.rows + 1 }, (_, from) => from).filter(
      (from) => from !== row,
    );
    const topics = new IncomingTopics();
    this.#lanes = others.map(
      (from) => new InLane(from, memory.mesh.lane(from, row).consumer(), topics, parts),
    );
    this.#metrics = metrics;
    this.#now = now;
    this.#drainRecords = drainRecords;
  }

  readonly hasRecords = (): boolean => {
    for (const lane of this.#lanes) if (lane.hasRecords()) return true;
    return false;
  };

  hasRecordsFrom(row: number): boolean {
    return this.#lanes.some((lane) => lane.from === row && lane.hasRecords());
  }

  /** Handles records, for at most a part of a turn. @returns how many records it handled */
  drain(): number {
    // An inbox without records does not read the clock.
    if (!this.hasRecords()) return 0;
    this.#nowMs = this.#now();
    const deadlineMs = this.#nowMs + TURN_MS;
    let handled = 0;
    for (;;) {
      const inRound = this.#drainRound(deadlineMs);
      handled += inRound;
      if (inRound === 0) return handled;
    }
  }

  /** Frees all records without handling them. @returns how many records there were */
  discard(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.discard(), 0);
  }

  /**
   * Looks at each lane once, with the same batch for all lanes. Where the time runs out, the next
   * round begins with the lane that is next in line.
   */
  #drainRound(deadlineMs: number): number {
    const lanes = this.#lanes;
    const batch = this.#batch;
    let handled = 0;
    let most = 0;
    let slowestMs = 0;
    for (let looked = 0; looked < lanes.length && this.#nowMs < deadlineMs; looked++) {
      const lane = lanes[this.#next]!;
      this.#next = (this.#next + 1) % lanes.length;
      if (!lane.hasRecords()) continue;
      const taken = lane.drain(batch);
      // Count after each lane: a record of the next lane may end the thread.
      this.#metrics.add(Metric.BusMessagesIn, taken);
      const beganMs = this.#nowMs;
      this.#nowMs = this.#now();
      this.#metrics.observe(Histogram.BatchRecords, taken);
      handled += taken;
      most = Math.max(most, taken);
      slowestMs = Math.max(slowestMs, this.#nowMs - beganMs);
    }
    this.#adapt(most === batch, slowestMs);
    return handled;
  }

  /** Doubles the batch while a full batch is quick, and halves the batch when a lane is slow. */
  #adapt(wasFull: boolean, tookMs: number): void {
    if (tookMs > SLICE_MS) this.#batch = Math.max(1, this.#batch >> 1);
    else if (wasFull) this.#batch = Math.min(this.#drainRecords, this.#batch * 2);
  }
}

/** The lane from one other participant. */
class InLane {
  readonly from: number;
  readonly #consumer: LaneConsumer;
  readonly #topics: IncomingTopics;
  readonly #receiver: RecordReceiver;
  readonly #slabs: PeerSlabs;
  readonly #metrics: Metrics;
  #words: Int32Array = new Int32Array(0);

  constructor(from: number, consumer: LaneConsumer, topics: IncomingTopics, parts: InboxParts) {
    this.from = from;
    this.#consumer = consumer;
    this.#topics = topics;
    this.#receiver = parts.receiver;
    this.#slabs = parts.slabs;
    this.#metrics = parts.metrics;
  }

  hasRecords(): boolean {
    return this.#consumer.hasRecords();
  }

  /** Handles up to `limit` records. @returns how many records there were */
  drain(limit: number): number {
    return this.#consumer.drain(limit, this.#handle);
  }

  /**
   * Frees all visible records without handling them, and sends their leases home. Where a record of
   * this very lane ends the thread, the lane stays as it is, and the supervisor clears it up.
   * @returns how many records there were
   */
  discard(): number {
    if (this.#consumer.isLent) return 0;
    return discardRecords(this.#consumer, (slab, handle) => this.#slabs.release(slab, handle));
  }

  readonly #handle = (bytes: Uint8Array, start: number, end: number): void => {
    // The memory of the lane is known with the first record.
    if (this.#words.length === 0) this.#words = wordsOver(bytes);
    const words = this.#words;
    const word = start >> 2;
    const head = words[word]!;
    if (isLeased(head)) return this.#handleLeased(bytes, words, start);
    const kind = kindOf(head);
    const topicAt = start + (kind === RecordKind.End ? END_HEADER_BYTES : INLINE_HEADER_BYTES);
    const topicEnd = topicAt + topicBytesOf(head);
    const from = topicEnd + padBeforePayload(head);
    if (kind === RecordKind.Publish) {
      this.#publish(words, word, bytes, topicAt, topicEnd, bytes, from, end, isBinary(head));
    } else if (kind === RecordKind.Send) {
      this.#receiver.onSend(idIn(words, word), bytes, from, end, isBinary(head));
    } else {
      const reason = Buffer.from(bytes.slice(from, end)).toString();
      this.#receiver.onEnd(idIn(words, word), words[word + CODE_WORD]!, reason);
    }
  };

  #handleLeased(bytes: Uint8Array, words: Int32Array, start: number): void {
    const word = start >> 2;
    const head = words[word]!;
    const handle = words[word + HANDLE_WORD]!;
    const slab = this.#slabs.get(words[word + SLAB_WORD]!);
    const from = slab.startOf(handle) + padBeforePayload(head);
    const end = from + words[word + LENGTH_WORD]!;
    const binary = isBinary(head);
    if (kindOf(head) === RecordKind.Publish) {
      const topicAt = start + LEASED_HEADER_BYTES;
      const topicEnd = topicAt + topicBytesOf(head);
      this.#publish(words, word, bytes, topicAt, topicEnd, slab.bytes, from, end, binary);
    } else {
      this.#receiver.onSend(idIn(words, word), slab.bytes, from, end, binary);
    }
    // The record comes first, then the lease. If this thread dies in between, whoever clears the
    // lane up must not give the block back a second time.
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
    const topic = this.#topics.get(words[word + 1]!, topicBytes, words, topicAt, topicEnd);
    this.#receiver.onPublish(topic, bytes, start, end, binary);
    const stamp = words[word + 2]!;
    if (stamp !== NO_STAMP) this.#metrics.observe(Histogram.PublishLatency, secondsSince(stamp));
  }
}

/**
 * Frees all visible records of a lane, and hands the lease of each leased record to `release`.
 * @returns how many records there were
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

function wordsOver({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
}
