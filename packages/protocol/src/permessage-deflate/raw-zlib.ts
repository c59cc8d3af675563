// Synchronous raw DEFLATE over the zlib of Node, without streams.
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  type InflateRaw,
} from 'node:zlib';

/*
 * zlib without Node's stream around it. Node's streams hand each piece to a thread and back, its
 * sync calls make a new context for each message; both cost ten times what the work does
 * (docs/decisions has the measurement). What is under them works in place, on ranges, at once:
 * `_handle.writeSync`, which is not documented, has been the same from Node 0.11 to 24, and is what
 * Node's own sync calls and several packages use. `isRawZlibUsable` tries it once; where it is not
 * as expected, compression is not offered.
 */

/** The part of Node's zlib object that is used here. */
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
  /** Set by Node to what destroys the stream and emits an error; called during the write. */
  onerror: (message: string, errno: number, code: string) => void;
}

interface ZlibInsides {
  readonly _handle: ZlibHandle;
  /** Octets left of the output and of the input after a write. */
  readonly _writeState: Uint32Array;
}

/** One context of zlib, for raw DEFLATE in one direction. */
export class RawZlib {
  /** Octets that were left of the output, and of the input, after the last step. */
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
    // In place of Node's own handler, which would close the context and emit an event that nobody
    // waits for.
    Object.assign(handle, { onerror: () => (this.#hasFailed = true) });
  }

  /**
   * Works on a range of input until it is used up or the range of output is full. False for data
   * that is no DEFLATE.
   */
  step(
    input: Uint8Array,
    inputStart: number,
    inputBytes: number,
    output: Uint8Array,
    outputStart: number,
    outputBytes: number,
  ): boolean {
    this.#handle.writeSync(
      constants.Z_SYNC_FLUSH,
      input,
      inputStart,
      inputBytes,
      output,
      outputStart,
      outputBytes,
    );
    this.outputLeft = this.#state[0]!;
    this.inputLeft = this.#state[1]!;
    return !this.#hasFailed;
  }

  /** Forgets what it has seen, errors included, and keeps its memory. */
  reset(): void {
    this.#hasFailed = false;
    this.#handle.reset();
  }

  /** Frees its memory; nothing may be called after it. */
  close(): void {
    this.#stream.close();
  }
}

/**
 * Node's stream makes a buffer of this length for its own output, 16 KiB by default, of which
 * nothing is used here.
 */
const LEAST_CHUNK_BYTES = constants.Z_MIN_CHUNK;

/** @param windowBits 8..15 @param level 1..9 @param memLevel 1..9 */
export function rawDeflate(windowBits: number, level: number, memLevel: number): RawZlib {
  // zlib has no raw window of 8 bits and takes one of 9, whose longest distance, 512 - 262 octets,
  // fits into 8.
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

/** Whether zlib can be had this way in this Node: tried once, by a round trip. */
export function isRawZlibUsable(): boolean {
  isUsable ??= tryRoundTrip();
  return isUsable;
}

function tryRoundTrip(): boolean {
  try {
    const text = Buffer.from('a round trip, a round trip, a round trip');
    const [packed, unpacked] = [Buffer.alloc(99), Buffer.alloc(99)];
    const [deflate, inflate] = [rawDeflate(15, 1, 8), rawInflate(15)];
    const isPacked = deflate.step(text, 0, text.length, packed, 0, packed.length);
    const packedBytes = packed.length - deflate.outputLeft;
    const isUnpacked = inflate.step(packed, 0, packedBytes, unpacked, 0, unpacked.length);
    const found = unpacked.subarray(0, unpacked.length - inflate.outputLeft);
    deflate.close();
    inflate.close();
    return isPacked && isUnpacked && packedBytes < text.length && found.equals(text);
  } catch {
    return false;
  }
}
