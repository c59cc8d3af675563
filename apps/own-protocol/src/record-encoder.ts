// Encodes the records of the example protocol, and sends those of one turn in one write.
import type { BytePool } from '@hioload/api';
import { GrowingBlock } from '@hioload/protocol';
import { HEADER_BYTES, MAX_BODY_BYTES, type RecordKind } from './record-format.js';

/** Gathers records in one block, so that all records of a turn need one write. */
export class RecordEncoder {
  readonly #out: GrowingBlock;

  constructor(pool: BytePool) {
    this.#out = new GrowingBlock(pool);
  }

  /**
   * Adds a record. Returns false if there is no memory for it or its body is too long; then nothing
   * was added.
   */
  add(kind: RecordKind, body: Uint8Array): boolean {
    const out = this.#out;
    const { length } = body;
    if (length > MAX_BODY_BYTES || !out.reserve(HEADER_BYTES + length, Infinity)) return false;
    out.append(Uint8Array.of(kind, length >>> 16, length >>> 8, length), 0, HEADER_BYTES);
    out.append(body, 0, length);
    return true;
  }

  /** Hands all waiting records to `write` in one range, which is valid until `write` returns. */
  flush(write: (bytes: Uint8Array, start: number, end: number) => void): void {
    const { bytes, start, end } = this.#out;
    if (end > start) write(bytes, start, end);
    this.#out.release();
  }
}
