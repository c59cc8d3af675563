/* The records of the bus: their layout in a lane, and the record that a thread writes. */
import { NO_BLOCK } from '@hioload/pool';
import type { OutgoingMessage } from '@hioload/transport/message';
import { OutgoingTopic } from './known-topics.js';

/*
 * A record begins at a multiple of 4 bytes:
 *
 *   word 0     kind | binary << 2 | leased << 3 | pad << 4 | topic bytes << 8
 *   word 1     publish: hash of the topic          send, end: low half of the connection id
 *   word 2     publish: stamp, or 0 for most       send, end: high half of the connection id
 *   leased:
 *   word 3     number of the slab
 *   word 4     handle of the block
 *   word 5     bytes of the payload
 *   end:
 *   word 3     close code
 *   then       the topic, in UTF-8
 *   then       inline: pad, 0..7 bytes, and the payload
 *              leased: nothing; the payload begins `pad` bytes behind the start of the block
 *
 * The pad gives the payload the offset of its source modulo 8. Copies into shared memory are ten
 * times slower between offsets that differ modulo 8.
 */
export const RecordKind = { Publish: 0, Send: 1, End: 2 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

export const INLINE_HEADER_BYTES = 12;
export const LEASED_HEADER_BYTES = 24;
export const END_HEADER_BYTES = 16;

export const SLAB_WORD = 3;
export const HANDLE_WORD = 4;
export const LENGTH_WORD = 5;
export const CODE_WORD = 3;

/** A record begins at this offset modulo 8: right behind the header of the lane. */
export const RECORD_OFFSET = 4;

const BINARY_BIT = 1 << 2;
const LEASED_BIT = 1 << 3;
const PAD_SHIFT = 4;
const TOPIC_SHIFT = 8;

function encodeHead(
  kind: RecordKind,
  isBinary: boolean,
  isLeased: boolean,
  pad: number,
  topicBytes: number,
): number {
  const flags = (isBinary ? BINARY_BIT : 0) | (isLeased ? LEASED_BIT : 0);
  return kind | flags | (pad << PAD_SHIFT) | (topicBytes << TOPIC_SHIFT);
}

export function kindOf(head: number): number {
  return head & 3;
}

export function isBinary(head: number): boolean {
  return (head & BINARY_BIT) !== 0;
}

export function isLeased(head: number): boolean {
  return (head & LEASED_BIT) !== 0;
}

export function padBeforePayload(head: number): number {
  return (head >> PAD_SHIFT) & 7;
}

export function topicBytesOf(head: number): number {
  return head >>> TOPIC_SHIFT;
}

/** The connection id of a record that sends or ends. @param word where the record begins */
export function idIn(words: Int32Array, word: number): number {
  return words[word + 2]! * 2 ** 32 + (words[word + 1]! >>> 0);
}

const WRAP_SECONDS = 1_024;
const WRAP_MICROSECONDS = WRAP_SECONDS * 1_000_000;

/** The stamp of a record that carries no time. */
export const NO_STAMP = 0;

/**
 * Reads a clock that all threads of the process share, in microseconds. A stamp is 1 or more; the
 * clock wraps every 17 minutes.
 */
export function stampNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return (seconds % WRAP_SECONDS) * 1_000_000 + Math.floor(nanoseconds / 1_000) + 1;
}

/** Seconds from a stamp to now. Right for stamps that are less than 17 minutes old. */
export function secondsSince(stamp: number): number {
  return ((stampNow() - stamp + WRAP_MICROSECONDS) % WRAP_MICROSECONDS) / 1_000_000;
}

const NO_TOPIC = new OutgoingTopic('');

/**
 * The record that a thread writes. A thread reuses one object for all of its records: it lays the
 * record out once, when the message is set, and then writes the record to one lane after the other.
 */
export class OutgoingRecord {
  /** The handle of the block that holds the payload, or `NO_BLOCK`. */
  handle = NO_BLOCK;
  /**
   * Whether the payload stays in its block. False: the record carries the payload. The value may
   * differ from lane to lane.
   */
  isLeased = false;
  readonly #message: OutgoingMessage;
  #kind: RecordKind = RecordKind.Publish;
  #topic = NO_TOPIC;
  #address = 0;
  #addressOrStamp = 0;
  #code = 0;
  #head = 0;
  /** Where an inline payload begins in the record. */
  #payloadAt = 0;
  #slab = 0;
  #leasedHead = 0;

  constructor(message: OutgoingMessage) {
    this.#message = message;
  }

  /** Publishes the message. @param stamp the time of the publish, or `NO_STAMP` */
  publish(topic: OutgoingTopic, stamp: number): void {
    this.#kind = RecordKind.Publish;
    this.#topic = topic;
    this.#address = topic.hash;
    this.#addressOrStamp = stamp;
    this.#layOut(INLINE_HEADER_BYTES);
  }

  /** Sends the message to a connection. */
  send(id: number): void {
    this.#toConnection(RecordKind.Send, id, INLINE_HEADER_BYTES);
  }

  /** Ends a connection; the message is the reason. */
  end(id: number, code: number): void {
    this.#code = code;
    this.#toConnection(RecordKind.End, id, END_HEADER_BYTES);
  }

  /** Notes that the payload lies in a block too, `pad` bytes behind the start of the block. */
  lease(slab: number, handle: number, pad: number): void {
    const { isBinary } = this.#message;
    this.#slab = slab;
    this.handle = handle;
    this.isLeased = true;
    this.#leasedHead = encodeHead(this.#kind, isBinary, true, pad, this.#topic.byteLength);
  }

  /** Bytes that the record takes in a lane. */
  get byteLength(): number {
    if (this.isLeased) return LEASED_HEADER_BYTES + this.#topic.byteLength;
    return this.#payloadAt + this.#message.byteLength;
  }

  /**
   * Writes the record to `target[at..]`.
   * @param words the memory of `target` in words
   * @param at `RECORD_OFFSET` modulo 8
   */
  writeTo(target: Buffer, words: Int32Array, at: number): void {
    const word = at >> 2;
    words[word + 1] = this.#address;
    words[word + 2] = this.#addressOrStamp;
    if (this.isLeased) {
      words[word] = this.#leasedHead;
      words[word + SLAB_WORD] = this.#slab;
      words[word + HANDLE_WORD] = this.handle;
      words[word + LENGTH_WORD] = this.#message.byteLength;
      this.#topic.writeTo(target, words, at + LEASED_HEADER_BYTES);
      return;
    }
    words[word] = this.#head;
    if (this.#kind === RecordKind.End) words[word + CODE_WORD] = this.#code;
    // Only a record that publishes has a topic. The zeros behind the topic come first, because the
    // payload may write over them.
    else this.#topic.writeTo(target, words, at + INLINE_HEADER_BYTES);
    this.#message.writeTo(target, at + this.#payloadAt);
  }

  #toConnection(kind: RecordKind, id: number, headBytes: number): void {
    this.#kind = kind;
    this.#topic = NO_TOPIC;
    this.#address = id | 0;
    this.#addressOrStamp = Math.floor(id / 2 ** 32);
    this.#layOut(headBytes);
  }

  /** Lays the record out with an inline payload. */
  #layOut(headBytes: number): void {
    const message = this.#message;
    const topicBytes = this.#topic.byteLength;
    const pad = message.padBehind(RECORD_OFFSET + headBytes + topicBytes);
    this.handle = NO_BLOCK;
    this.isLeased = false;
    this.#head = encodeHead(this.#kind, message.isBinary, false, pad, topicBytes);
    this.#payloadAt = headBytes + topicBytes + pad;
  }
}
