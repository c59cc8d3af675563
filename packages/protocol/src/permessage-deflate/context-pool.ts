// A pool of compression contexts, with a budget for those that live on.
import { HioloadError } from '@hioload/api';
import { type RawZlib, rawDeflate, rawInflate } from './raw-zlib.js';

/** The effort and the memory of compression. */
export interface DeflateEffort {
  /** 1 (fast) to 9 (small). */
  readonly level: number;
  /** 1..9. A context takes 2^(memLevel + 8) bytes besides its window and hash table. */
  readonly memLevel: number;
}

/** Bytes that zlib takes besides windows and tables. */
const INFLATE_STATE_BYTES = 10_240;
const DEFLATE_STATE_BYTES = 6_144;
/** The zlib of Node uses at least this number of hash bits, whatever `memLevel` is. */
const LEAST_HASH_BITS = 15;

/** Bytes of native memory that a context takes. */
export function inflateBytes(windowBits: number): number {
  return 2 ** windowBits + INFLATE_STATE_BYTES;
}

/**
 * Bytes of native memory that a context takes: window and chains, the hash table, and output that
 * waits.
 */
export function deflateBytes(windowBits: number, memLevel: number): number {
  const hashBits = Math.max(LEAST_HASH_BITS, memLevel + 7);
  return (
    2 ** (Math.max(9, windowBits) + 2) +
    2 ** (hashBits + 1) +
    2 ** (memLevel + 8) +
    DEFLATE_STATE_BYTES
  );
}

/** A context that one connection has borrowed. */
export interface ZlibLease {
  readonly zlib: RawZlib;
  /** Gives the context back, in any state. Must be called once. */
  release(): void;
}

/** Idle contexts, by kind. */
interface Shelf {
  readonly bytes: number;
  readonly make: () => RawZlib;
  readonly idle: RawZlib[];
}

/**
 * The zlib contexts of a reactor, with one budget of bytes for borrowed and idle contexts together.
 * A context takes some 40 KB to decompress and 170 to 260 KB to compress. Without a budget,
 * connections with compression would fill the memory of a server.
 */
export class ContextPool {
  readonly #maxBytes: number;
  readonly #effort: DeflateEffort;
  readonly #shelves = new Map<string, Shelf>();
  #bytes = 0;
  #idleBytes = 0;

  /** @param maxBytes of native memory @throws HIOLOAD_OPTION_INVALID */
  constructor(maxBytes: number, effort: DeflateEffort) {
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `maxContextBytes must be a whole number from 0 to 2^53-1; got ${maxBytes}`,
      );
    }
    this.#maxBytes = maxBytes;
    this.#effort = effort;
  }

  /** Bytes of native memory of all contexts, including the idle ones. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of native memory of the borrowed contexts. */
  get lentBytes(): number {
    return this.#bytes - this.#idleBytes;
  }

  /** Whether the budget has room for contexts of this many bytes now. */
  hasRoomFor(bytes: number): boolean {
    return this.lentBytes + bytes <= this.#maxBytes;
  }

  /** Returns undefined if the budget is used up. */
  inflate(windowBits: number): ZlibLease | undefined {
    return this.#lend(`inflate ${windowBits}`, inflateBytes(windowBits), () =>
      rawInflate(windowBits),
    );
  }

  /** Returns undefined if the budget is used up. */
  deflate(windowBits: number): ZlibLease | undefined {
    const { level, memLevel } = this.#effort;
    return this.#lend(`deflate ${windowBits}`, deflateBytes(windowBits, memLevel), () =>
      rawDeflate(windowBits, level, memLevel),
    );
  }

  /** Frees the idle contexts. */
  trim(): void {
    for (const shelf of this.#shelves.values()) while (shelf.idle.length > 0) this.#drop(shelf);
  }

  #lend(kind: string, bytes: number, make: () => RawZlib): ZlibLease | undefined {
    let shelf = this.#shelves.get(kind);
    if (shelf === undefined) this.#shelves.set(kind, (shelf = { bytes, make, idle: [] }));
    let zlib = shelf.idle.pop();
    if (zlib !== undefined) {
      this.#idleBytes -= bytes;
      zlib.reset();
    } else {
      if (!this.hasRoomFor(bytes)) return undefined;
      this.#makeRoom(bytes);
      zlib = make();
      this.#bytes += bytes;
    }
    return new LentContext(zlib, () => {
      shelf.idle.push(zlib);
      this.#idleBytes += bytes;
    });
  }

  /** Frees idle contexts of other kinds to make room. */
  #makeRoom(bytes: number): void {
    for (const shelf of this.#shelves.values()) {
      while (this.#bytes + bytes > this.#maxBytes && shelf.idle.length > 0) this.#drop(shelf);
    }
  }

  #drop(shelf: Shelf): void {
    shelf.idle.pop()?.close();
    this.#bytes -= shelf.bytes;
    this.#idleBytes -= shelf.bytes;
  }
}

class LentContext implements ZlibLease {
  readonly zlib: RawZlib;
  readonly release: () => void;

  constructor(zlib: RawZlib, release: () => void) {
    this.zlib = zlib;
    this.release = release;
  }
}
