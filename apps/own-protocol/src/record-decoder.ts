// Decodes the records of the example protocol from chunks of any size.
import type { BytePool } from '@hioload/api';
import { GrowingBlock } from '@hioload/protocol';
import {
  HEADER_BYTES,
  MAX_BODY_BYTES,
  RecordKind,
  type RecordFault,
  type RecordSink,
} from './record-format.js';

/**
 * Takes records out of chunks of any size, on the plan of `FrameDecoder`: a record that lies whole
 * in its chunk is handed on where it lies; one that is cut is gathered in a block of the pool,
 * which grows with what arrives and never with what is announced.
 */
export class RecordDecoder {
  readonly #sink: RecordSink;
  /** The octets of a record that has begun, its header included. */
  readonly #cut: GrowingBlock;
  #fault: RecordFault | undefined;

  constructor(sink: RecordSink, pool: BytePool) {
    this.#sink = sink;
    this.#cut = new GrowingBlock(pool);
  }

  /**
   * Decodes `bytes[start..end)`. Answers what the peer did wrong, now and ever after; nothing is
   * decoded from then on.
   */
  decode(bytes: Uint8Array, start: number, end: number): RecordFault | undefined {
    let at = start;
    if (this.#cut.byteLength > 0) at = this.#resume(bytes, at, end);
    while (at < end && this.#fault === undefined) {
      const total = this.#measure(bytes, at, end);
      if (total === 0 || total > end - at) {
        this.#keep(bytes, at, end, total);
        break;
      }
      this.#deliver(bytes, at, at + total);
      at += total;
    }
    return this.#fault;
  }

  /** Gives back what was borrowed. */
  release(): void {
    this.#cut.release();
  }

  /**
   * Octets of the record that starts at `at`, or 0 where its header is not all there, or is wrong.
   */
  #measure(bytes: Uint8Array, at: number, end: number): number {
    const kind = bytes[at];
    if (kind !== RecordKind.Reading && kind !== RecordKind.Note) return this.#fail('unknown-kind');
    if (end - at < HEADER_BYTES) return 0;
    const bodyBytes = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return bodyBytes > MAX_BODY_BYTES ? this.#fail('body-too-long') : HEADER_BYTES + bodyBytes;
  }

  /** Goes on with the record that was cut. Returns where the next one begins, or `end`. */
  #resume(bytes: Uint8Array, start: number, end: number): number {
    const cut = this.#cut;
    let at = start;
    // First what the header lacks, then, its length being known, what the body lacks.
    for (const goal of [() => HEADER_BYTES, () => this.#measure(cut.bytes, cut.start, cut.end)]) {
      const total = goal();
      const to = Math.min(end, at + Math.max(0, total - cut.byteLength));
      this.#keep(bytes, at, to, total);
      at = to;
      if (this.#fault !== undefined || cut.byteLength < total) return end;
    }
    this.#deliver(cut.bytes, cut.start, cut.end);
    cut.release();
    return at;
  }

  #keep(bytes: Uint8Array, start: number, end: number, total: number): void {
    if (this.#fault !== undefined) return;
    if (this.#cut.reserve(end - start, Math.max(total, HEADER_BYTES)))
      this.#cut.append(bytes, start, end);
    else this.#fail('no-memory');
  }

  #deliver(bytes: Uint8Array, start: number, end: number): void {
    this.#sink(bytes[start] as RecordKind, bytes, start + HEADER_BYTES, end);
  }

  #fail(fault: RecordFault): 0 {
    this.#fault = fault;
    this.release();
    return 0;
  }
}
