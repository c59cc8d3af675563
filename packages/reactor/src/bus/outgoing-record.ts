import { NO_BLOCK } from '@hioload/pool';
import type { OutgoingPayload } from './outgoing-payload.js';
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
  RecordKind,
  SLAB_WORD,
} from './record.js';
import { writeText } from './text.js';

/** A record on its way out. One object is reused for all records of a thread, and written to one lane after the other. */
export class OutgoingRecord {
  /** Whether the payload is left in its block, if it has one, rather than written into the record. May differ from lane to lane. */
  isLeased = false;
  readonly #payload: OutgoingPayload;
  #kind: RecordKind = RecordKind.Publish;
  #topic = '';
  #topicBytes = 0;
  #address = 0;
  #addressOrStamp = 0;
  #code = 0;
  #slab = 0;
  #handle = NO_BLOCK;
  #leasePad = 0;

  constructor(payload: OutgoingPayload) {
    this.#payload = payload;
  }

  /** Makes it one that publishes. @param stamp when, or `NO_STAMP` */
  publish(topic: string, hash: number, stamp: number): void {
    this.#kind = RecordKind.Publish;
    if (topic !== this.#topic) {
      this.#topic = topic;
      this.#topicBytes = Buffer.byteLength(topic);
    }
    this.#address = hash;
    this.#addressOrStamp = stamp;
    this.#noBlock();
  }

  /** Makes it one that sends to a connection. */
  send(id: number): void {
    this.#toConnection(RecordKind.Send, id);
  }

  /** Makes it one that ends a connection; the payload is the reason. */
  end(id: number, code: number): void {
    this.#toConnection(RecordKind.End, id);
    this.#code = code;
  }

  /** The payload lies in a block, too, `pad` bytes from its beginning. */
  lease(slab: number, handle: number, pad: number): void {
    this.isLeased = true;
    this.#slab = slab;
    this.#handle = handle;
    this.#leasePad = pad;
  }

  /** The handle of the block that the payload lies in, or `NO_BLOCK`. */
  get handle(): number {
    return this.#handle;
  }

  /** Most bytes that it takes, wherever it begins. */
  get maxBytes(): number {
    return this.#headBytes + this.#topicBytes + (this.isLeased ? 0 : 7 + this.#payload.byteLength);
  }

  /** Bytes of it where it begins at an offset modulo 8. */
  bytesAt(offset: number): number {
    const head = this.#headBytes + this.#topicBytes;
    if (this.isLeased) return head;
    return head + this.#payload.padBehind(offset + head) + this.#payload.byteLength;
  }

  /** @param words the memory of `target` in words @param at a multiple of 4 */
  writeTo(target: Buffer, words: Int32Array, at: number): void {
    const payload = this.#payload;
    const { isLeased } = this;
    const topicAt = at + this.#headBytes;
    const topicEnd = topicAt + this.#topicBytes;
    const pad = isLeased ? this.#leasePad : payload.padBehind(topicEnd);
    const word = at >> 2;
    words[word] = encodeHead(this.#kind, payload.isBinary, isLeased, pad, this.#topicBytes);
    words[word + 1] = this.#address;
    words[word + 2] = this.#addressOrStamp;
    if (this.#topicBytes > 0) writeText(target, topicAt, this.#topic, this.#topicBytes);
    if (isLeased) {
      words[word + SLAB_WORD] = this.#slab;
      words[word + HANDLE_WORD] = this.#handle;
      words[word + LENGTH_WORD] = payload.byteLength;
      return;
    }
    if (this.#kind === RecordKind.End) words[word + CODE_WORD] = this.#code;
    payload.writeTo(target, topicEnd + pad);
  }

  get #headBytes(): number {
    if (this.isLeased) return LEASED_HEADER_BYTES;
    return this.#kind === RecordKind.End ? END_HEADER_BYTES : HEADER_BYTES;
  }

  #toConnection(kind: RecordKind, id: number): void {
    this.#kind = kind;
    this.#topic = '';
    this.#topicBytes = 0;
    this.#address = lowHalf(id);
    this.#addressOrStamp = highHalf(id);
    this.#noBlock();
  }

  #noBlock(): void {
    this.#handle = NO_BLOCK;
    this.isLeased = false;
  }
}
