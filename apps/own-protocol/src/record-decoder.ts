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
 * Decodes records from chunks of any size, as `FrameDecoder` does with frames. A record that is
 * whole in its chunk is handed on in place. A cut record is gathered in a block of the pool. The
 * block grows with the received bytes, never with the announced length.
 */
export class RecordDecoder {
  readonly #sink: RecordSink;
  /** The octets of a record that has begun, including its header. */
  readonly #cut: GrowingBlock;
  #fault: RecordFault | undefined;

  constructor(sink: RecordSink, pool: BytePool) {
    this.#sink = sink;
    this.#cut = new GrowingBlock(pool);
  }

  /**
   * Decodes `bytes[start..end)`. Returns the fault of the peer, now and in every later call; after
   * a fault nothing is decoded.
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

  /** Releases the borrowed block. */
  release(): void {
    this.#cut.release();
  }

  /** Length of the record that starts at `at`, or 0 if its header is incomplete or wrong. */
  #measure(bytes: Uint8Array, at: number, end: number): number {
    const kind = bytes[at];
    if (kind !== RecordKind.Reading && kind !== RecordKind.Note) return this.#fail('unknown-kind');
    if (end - at < HEADER_BYTES) return 0;
    const bodyBytes = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return bodyBytes > MAX_BODY_BYTES ? this.#fail('body-too-long') : HEADER_BYTES + bodyBytes;
  }

  /** Continues the cut record. Returns the beginning of the next record, or `end`. */
  #resume(bytes: Uint8Array, start: number, end: number): number {
    const cut = this.#cut;
    let at = start;
    // First the rest of the header arrives. It gives the length, and then the rest of the body
    // arrives.
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
