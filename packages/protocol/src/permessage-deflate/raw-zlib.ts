// Synchronous raw DEFLATE over the zlib of Node, without streams.
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  type InflateRaw,
} from 'node:zlib';

/*
 * Uses the zlib of Node without its streams. A stream hands each piece to a thread and back, and
 * the sync functions make a new context for each message; both cost ten times the work itself
 * (docs/decisions has the measurement). The function under them, `_handle.writeSync`, works in
 * place, on ranges and at once. It is not documented, but it is the same from Node 0.11 to 24, and
 * the sync functions of Node and several packages use it. `isRawZlibUsable` tries it once. If it
 * does not work as expected, compression is not offered.
 */

/** The part of a zlib object of Node that this file uses. */
interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputBytes: number,
    output: Uint8Array,
    outputStart: number,
    outputBytes: number,
  ): void;
  reset(): void;
  close(): void;
  /**
   * Node sets this to a function that destroys the stream and emits an error. zlib calls it during
   * the write.
   */
  onerror: (message: string, errno: number, code: string) => void;
}

interface ZlibInsides {
  readonly _handle: ZlibHandle;
  /** Octets left of the output and of the input after a write. */
  readonly _writeState: Uint32Array;
}

/** How far a step of zlib goes. */
export const Flush = {
  /** To the end of the input. What was compressed so far is written out. */
  Sync: constants.Z_SYNC_FLUSH,
  /** Decompression only: to the end of the block, at most. */
  Block: constants.Z_BLOCK,
} as const;
export type Flush = (typeof Flush)[keyof typeof Flush];

/** One context of zlib, for raw DEFLATE in one direction. */
export class RawZlib {
  /** Octets left of the output and of the input after the last step. */
  outputLeft = 0;
  inputLeft = 0;
  readonly #stream: DeflateRaw | InflateRaw;
  readonly #handle: ZlibHandle;
  readonly #state: Uint32Array;
  #hasFailed = false;

  constructor(stream: DeflateRaw | InflateRaw) {
    const { _handle: handle, _writeState: state } = stream as unknown as ZlibInsides;
    this.#stream = stream;
    this.#handle = handle;
    this.#state = state;
    // This replaces the handler of Node, which would close the context and emit an event that
    // nobody handles.
    Object.assign(handle, { onerror: () => (this.#hasFailed = true) });
  }

  /**
   * Works on a range of input until the input is used up, the output is full, or `flush` says so.
   * Returns false if the data is not DEFLATE.
   */
  step(
    flush: Flush,
    input: Uint8Array,
    inputStart: number,
    inputBytes: number,
    output: Uint8Array,
    outputStart: number,
    outputBytes: number,
  ): boolean {
    this.#handle.writeSync(flush, input, inputStart, inputBytes, output, outputStart, outputBytes);
    this.outputLeft = this.#state[0]!;
    this.inputLeft = this.#state[1]!;
    return !this.#hasFailed;
  }

  /** Forgets all data and errors, and keeps the memory. */
  reset(): void {
    this.#hasFailed = false;
    this.#handle.reset();
  }

  /** Frees the memory. No method may be called afterwards. */
  close(): void {
    this.#stream.close();
  }
}

/** The stream of Node makes a buffer of this length, 16 KiB by default, which is not used here. */
const LEAST_CHUNK_BYTES = constants.Z_MIN_CHUNK;

/** @param windowBits 8..15 @param level 1..9 @param memLevel 1..9 */
export function rawDeflate(windowBits: number, level: number, memLevel: number): RawZlib {
  // zlib has no raw window of 8 bits and uses one of 9 bits. Its longest distance, 512 - 262
  // octets, fits into 8 bits.
  return new RawZlib(
    createDeflateRaw({
      windowBits: Math.max(9, windowBits),
      level,
      memLevel,
      chunkSize: LEAST_CHUNK_BYTES,
    }),
  );
}

/** @param windowBits 8..15 */
export function rawInflate(windowBits: number): RawZlib {
  return new RawZlib(createInflateRaw({ windowBits, chunkSize: LEAST_CHUNK_BYTES }));
}

let isUsable: boolean | undefined;

/** Whether zlib works this way in this Node. One round trip tries it, once. */
export function isRawZlibUsable(): boolean {
  isUsable ??= tryRoundTrip();
  return isUsable;
}

function tryRoundTrip(): boolean {
  try {
    const text = Buffer.from('a round trip, a round trip, a round trip');
    const [packed, unpacked] = [Buffer.alloc(99), Buffer.alloc(99)];
    const [deflate, inflate] = [rawDeflate(15, 1, 8), rawInflate(15)];
    const isPacked = deflate.step(Flush.Sync, text, 0, text.length, packed, 0, packed.length);
    const packedBytes = packed.length - deflate.outputLeft;
    // One octet more, before which the mode `Block` has to stop.
    const isUnpacked = inflate.step(Flush.Sync, packed, 0, packedBytes - 4, unpacked, 0, 99);
    const found = unpacked.subarray(0, unpacked.length - inflate.outputLeft);
    const isEnded = inflate.step(Flush.Block, packed, packedBytes - 4, 5, unpacked, 0, 99);
    const isAtEnd = isEnded && inflate.inputLeft === 1 && inflate.outputLeft === 99;
    deflate.close();
    inflate.close();
    return isPacked && isUnpacked && isAtEnd && packedBytes < text.length && found.equals(text);
  } catch {
    return false;
  }
}
