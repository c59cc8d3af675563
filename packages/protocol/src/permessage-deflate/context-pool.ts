// A pool of compression contexts, with a budget for those that live on.
import { HioloadError } from '@hioload/api';
import { type RawZlib, rawDeflate, rawInflate } from './raw-zlib.js';

/** How hard and with how much memory is compressed. */
export interface DeflateEffort {
  /** 1 (fast) to 9 (small). */
  readonly level: number;
  /** 1..9: a context takes 2^(memLevel + 8) bytes beside window and hash table. */
  readonly memLevel: number;
}

/** What the structures of zlib take beside windows and tables. */
const INFLATE_STATE_BYTES = 10_240;
const DEFLATE_STATE_BYTES = 6_144;
/** The zlib that Node comes with hashes with so many bits at least, whatever `memLevel` is. */
const LEAST_HASH_BITS = 15;

/** Bytes of native memory that a context takes. */
export function inflateBytes(windowBits: number): number {
  return 2 ** windowBits + INFLATE_STATE_BYTES;
}

/**
 * Bytes of native memory that a context takes: window and chains, the hash table, and what waits to
 * be written.
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

/** A context on loan. */
export interface ZlibLease {
  readonly zlib: RawZlib;
  /** Gives the context back, whatever state it is in. Once. */
  release(): void;
}

/** Contexts that wait to be lent again, per kind. */
interface Shelf {
  readonly bytes: number;
  readonly make: () => RawZlib;
  readonly idle: RawZlib[];
}

/**
 * The zlib contexts of a reactor, under one budget of bytes, lent and idle ones together. A context
 * is some 40 KB to decompress and 170 to 260 KB to compress: without a bound, connections that
 * compress are what fills the memory of a server.
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
        `maxContextBytes is ${maxBytes}; allowed is 0..2^53-1`,
      );
    }
    this.#maxBytes = maxBytes;
    this.#effort = effort;
  }

  /** Bytes of native memory that contexts take, those not lent included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of native memory in contexts that are lent. */
  get lentBytes(): number {
    return this.#bytes - this.#idleBytes;
  }

  /** Whether contexts of so many bytes in all could be lent now. */
  hasRoomFor(bytes: number): boolean {
    return this.lentBytes + bytes <= this.#maxBytes;
  }

  /** Undefined where the budget is used up. */
  inflate(windowBits: number): ZlibLease | undefined {
    return this.#lend(`inflate ${windowBits}`, inflateBytes(windowBits), () =>
      rawInflate(windowBits),
    );
  }

  /** Undefined where the budget is used up. */
  deflate(windowBits: number): ZlibLease | undefined {
    const { level, memLevel } = this.#effort;
    return this.#lend(`deflate ${windowBits}`, deflateBytes(windowBits, memLevel), () =>
      rawDeflate(windowBits, level, memLevel),
    );
  }

  /** Frees the contexts that nobody uses. */
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

  /** Idle contexts of other kinds give way. */
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
