import { NO_BLOCK } from '@hioload/pool';
import type { OutgoingPayload } from './outgoing-payload.js';
import { OutgoingTopic } from './outgoing-topic.js';
import {
  CODE_WORD,
  encodeHead,
  END_HEADER_BYTES,
  HANDLE_WORD,
  HEADER_BYTES,
  highHalf,
  LEASED_HEADER_BYTES,
  LENGTH_WORD,
  lowHalf,
  RECORD_OFFSET,
  RecordKind,
  SLAB_WORD,
} from './record.js';

const NO_TOPIC = new OutgoingTopic('');

/**
 * A record on its way out. One object is reused for all records of a thread: laid out once, when
 * the payload is set, and written to one lane after the other.
 */
export class OutgoingRecord {
  /** The handle of the block that the payload lies in, or `NO_BLOCK`. */
  handle = NO_BLOCK;
  /**
   * Whether the payload is left in its block, if it has one, rather than written into the record.
   * May differ from lane to lane.
   */
  isLeased = false;
  readonly #payload: OutgoingPayload;
  #kind: RecordKind = RecordKind.Publish;
  #topic = NO_TOPIC;
  #address = 0;
  #addressOrStamp = 0;
  #code = 0;
  #head = 0;
  /** Where the payload begins in the record, if it lies there. */
  #payloadAt = 0;
  #slab = 0;
  #leasedHead = 0;

  constructor(payload: OutgoingPayload) {
    this.#payload = payload;
  }

  /** Makes it one that publishes. @param stamp when, or `NO_STAMP` */
  publish(topic: OutgoingTopic, stamp: number): void {
    this.#kind = RecordKind.Publish;
    this.#topic = topic;
    this.#address = topic.hash;
    this.#addressOrStamp = stamp;
    this.#layOut(HEADER_BYTES);
  }

  /** Makes it one that sends to a connection. */
  send(id: number): void {
    this.#toConnection(RecordKind.Send, id, HEADER_BYTES);
  }

  /** Makes it one that ends a connection; the payload is the reason. */
  end(id: number, code: number): void {
    this.#code = code;
    this.#toConnection(RecordKind.End, id, END_HEADER_BYTES);
  }

  /** The payload lies in a block, too, `pad` bytes from its beginning. */
  lease(slab: number, handle: number, pad: number): void {
    this.#slab = slab;
    this.handle = handle;
    this.isLeased = true;
    this.#leasedHead = encodeHead(
      this.#kind,
      this.#payload.isBinary,
      true,
      pad,
      this.#topic.byteLength,
    );
  }

  /** Bytes that it takes. */
  get byteLength(): number {
    if (this.isLeased) return LEASED_HEADER_BYTES + this.#topic.byteLength;
    return this.#payloadAt + this.#payload.byteLength;
  }

  /** @param words the memory of `target` in words @param at `RECORD_OFFSET` modulo 8 */
  writeTo(target: Buffer, words: Int32Array, at: number): void {
    const word = at >> 2;
    words[word + 1] = this.#address;
    words[word + 2] = this.#addressOrStamp;
    if (this.isLeased) {
      words[word] = this.#leasedHead;
      words[word + SLAB_WORD] = this.#slab;
      words[word + HANDLE_WORD] = this.handle;
      words[word + LENGTH_WORD] = this.#payload.byteLength;
      this.#topic.writeTo(target, words, at + LEASED_HEADER_BYTES);
      return;
    }
    words[word] = this.#head;
    if (this.#kind === RecordKind.End) words[word + CODE_WORD] = this.#code;
    // Only records that publish have a topic. It ends in zeros that the payload may write over.
    else this.#topic.writeTo(target, words, at + HEADER_BYTES);
    this.#payload.writeTo(target, at + this.#payloadAt);
  }

  #toConnection(kind: RecordKind, id: number, headBytes: number): void {
    this.#kind = kind;
    this.#topic = NO_TOPIC;
    this.#address = lowHalf(id);
    this.#addressOrStamp = highHalf(id);
    this.#layOut(headBytes);
  }

  /** Lays it out with the payload in it. */
  #layOut(headBytes: number): void {
    const payload = this.#payload;
    const topicBytes = this.#topic.byteLength;
    const pad = payload.padBehind(RECORD_OFFSET + headBytes + topicBytes);
    this.handle = NO_BLOCK;
    this.isLeased = false;
    this.#head = encodeHead(this.#kind, payload.isBinary, false, pad, topicBytes);
    this.#payloadAt = headBytes + topicBytes + pad;
  }
}
