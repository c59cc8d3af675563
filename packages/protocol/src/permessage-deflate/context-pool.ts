// The compression contexts of a reactor, with one budget.
import { HioloadError } from '@hioload/api';
import { deflateBytes, inflateBytes } from './context-bytes.js';
import { type ContextHolder, ContextHolders } from './context-holders.js';
import { type RawZlib, rawDeflate, rawInflate } from './raw-zlib.js';

/** The sizes, the effort and the budget of contexts. */
export interface ContextPoolOptions {
  /** The largest windows that the contexts may have, as powers of two. */
  readonly windowBits: number;
  readonly peerWindowBits: number;
  /** 1 (fast) to 9 (small). */
  readonly level: number;
  /** 1..9. A context takes 2^(memLevel + 8) bytes besides its window and hash table. */
  readonly memLevel: number;
  /** Bytes of native memory that all contexts may take. */
  readonly maxContextBytes: number;
}

/** A context that one connection has borrowed. */
export interface ZlibLease {
  readonly zlib: RawZlib;
  /** The native memory of the context. */
  readonly bytes: number;
  /** Gives the context back for another connection. Call this or `discard`, once. */
  release(): void;
  /** Frees the context: it is out of step, so nobody may use it again. */
  discard(): void;
}

/** Idle contexts, by kind. */
interface Shelf {
  readonly bytes: number;
  readonly make: () => RawZlib;
  readonly idle: RawZlib[];
}

/**
 * The most idle contexts of one kind. One works at a time; the others were held by messages, or by
 * connections that have ended.
 */
const MAX_IDLE = 4;
/** The part of the budget that promises leave to messages in fragments. */
const FRAGMENTS_PART = 4;

/**
 * The zlib contexts of a reactor. A context takes some 40 KB to decompress and 170 to 260 KB to
 * compress, so they share one budget. Its parts, in the order in which they are served:
 *
 * - A reserve of one pair of contexts. A message that came in one frame, and a message that is
 *   sent, need a context for the time of a call only. They always get one.
 * - Promises: the room for contexts that the handshake of a connection has promised to keep between
 *   messages. A promise takes its room at once and until the connection ends.
 * - The rest is for messages in fragments, which hold a context until their last frame. If there is
 *   no room for one more, the peer that holds most loses its oldest context.
 */
export class ContextPool {
  readonly #options: ContextPoolOptions;
  readonly #shelves = new Map<string, Shelf>();
  readonly #holders = new ContextHolders();
  /** What promises and held contexts may take together, and what promises may take. */
  readonly #sharedBytes: number;
  readonly #promisableBytes: number;
  #bytes = 0;
  #idleBytes = 0;
  #promisedBytes = 0;
  #heldBytes = 0;
  readonly #onLost: () => void;

  /**
   * @param onLost is called when a message loses its context to others
   * @throws HIOLOAD_OPTION_INVALID
   */
  constructor(options: ContextPoolOptions, onLost: () => void = () => undefined) {
    const { windowBits, peerWindowBits, memLevel, maxContextBytes } = options;
    const held = inflateBytes(peerWindowBits);
    const reserve = held + deflateBytes(windowBits, memLevel);
    const least = reserve + held;
    if (!Number.isSafeInteger(maxContextBytes) || maxContextBytes < least) {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `maxContextBytes must be a whole number from ${least} (three contexts of these windows) ` +
          `to 2^53-1; got ${maxContextBytes}`,
      );
    }
    this.#options = options;
    this.#sharedBytes = maxContextBytes - reserve;
    const part = Math.floor(this.#sharedBytes / FRAGMENTS_PART);
    this.#promisableBytes = this.#sharedBytes - Math.max(held, part);
    this.#onLost = onLost;
  }

  /** Bytes of native memory of all contexts, including the idle ones. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of native memory of the borrowed contexts. */
  get lentBytes(): number {
    return this.#bytes - this.#idleBytes;
  }

  /** Bytes that are promised to connections, whether or not they have borrowed their contexts. */
  get promisedBytes(): number {
    return this.#promisedBytes;
  }

  /** Whether contexts of this many bytes could be promised now. */
  hasRoomFor(bytes: number): boolean {
    return this.#promisedBytes + bytes <= this.#promisableBytes;
  }

  /** Promises room for contexts that live on. Returns false if there is no such room. */
  promise(bytes: number): boolean {
    if (bytes > 0 && !this.hasRoomFor(bytes)) return false;
    this.#promisedBytes += bytes;
    this.#makeRoom();
    return true;
  }

  /** Gives back the room of a promise. */
  endPromise(bytes: number): void {
    this.#promisedBytes -= bytes;
  }

  /** Lends a context for one call, or to a connection that it was promised to. */
  inflate(windowBits: number): ZlibLease {
    return this.#lend(`inflate ${windowBits}`, inflateBytes(windowBits), () =>
      rawInflate(windowBits),
    );
  }

  /** Lends a context for one call, or to a connection that it was promised to. */
  deflate(windowBits: number): ZlibLease {
    const { level, memLevel } = this.#options;
    return this.#lend(`deflate ${windowBits}`, deflateBytes(windowBits, memLevel), () =>
      rawDeflate(windowBits, level, memLevel),
    );
  }

  /**
   * Notes that a message holds a lent context until its last frame comes. The holder may lose the
   * context at any time from now on, in this call too.
   */
  hold(holder: ContextHolder, lease: ZlibLease): void {
    this.#heldBytes += lease.bytes;
    this.#holders.add(holder);
    this.#makeRoom();
  }

  /** Notes that a message holds its context no longer. */
  endHold(holder: ContextHolder, lease: ZlibLease): void {
    this.#heldBytes -= lease.bytes;
    this.#holders.delete(holder);
  }

  /** Frees the idle contexts. */
  trim(): void {
    for (const shelf of this.#shelves.values()) while (shelf.idle.length > 0) this.#drop(shelf);
  }

  /** Takes contexts away from messages in fragments until what is left fits into the budget. */
  #makeRoom(): void {
    while (this.#promisedBytes + this.#heldBytes > this.#sharedBytes) {
      const loser = this.#holders.next();
      if (loser === undefined) return;
      loser.loseContext();
      this.#onLost();
    }
  }

  #lend(kind: string, bytes: number, make: () => RawZlib): ZlibLease {
    let shelf = this.#shelves.get(kind);
    if (shelf === undefined) this.#shelves.set(kind, (shelf = { bytes, make, idle: [] }));
    let zlib = shelf.idle.pop();
    if (zlib !== undefined) {
      this.#idleBytes -= bytes;
      zlib.reset();
    } else {
      this.#freeIdle(bytes);
      zlib = make();
      this.#bytes += bytes;
    }
    return new LentContext(zlib, bytes, (isInStep) => {
      if (isInStep && shelf.idle.length < MAX_IDLE) {
        shelf.idle.push(zlib);
        this.#idleBytes += bytes;
      } else {
        zlib.close();
        this.#bytes -= bytes;
      }
    });
  }

  /** Frees idle contexts of other kinds, so that one more context fits into the budget. */
  #freeIdle(bytes: number): void {
    const { maxContextBytes } = this.#options;
    for (const shelf of this.#shelves.values()) {
      while (this.#bytes + bytes > maxContextBytes && shelf.idle.length > 0) this.#drop(shelf);
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
  readonly bytes: number;
  readonly #end: (isInStep: boolean) => void;

  constructor(zlib: RawZlib, bytes: number, end: (isInStep: boolean) => void) {
    this.zlib = zlib;
    this.bytes = bytes;
    this.#end = end;
  }

  release(): void {
    this.#end(true);
  }

  discard(): void {
    this.#end(false);
  }
}
