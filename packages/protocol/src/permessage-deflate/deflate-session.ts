// Compression on one connection: compresses and decompresses its messages.
import { ExtensionOutcome, type ExtensionSession, type GrowingBytes } from '@hioload/api';
import type { ContextHolder } from './context-holders.js';
import type { ContextPool, ZlibLease } from './context-pool.js';
import { MessageInflater } from './message-inflater.js';
import { Flush, type RawZlib } from './raw-zlib.js';

/** The agreed terms, as one side sees them. */
export interface SessionTerms {
  /** The windows for sent and for received messages, as powers of two. */
  readonly deflateBits: number;
  readonly inflateBits: number;
  /** Whether contexts are kept from message to message. */
  readonly keepsDeflate: boolean;
  readonly keepsInflate: boolean;
  /** The room that the pool has promised for contexts that are kept. */
  readonly promisedBytes: number;
  /** Shortest and longest message that is compressed, in bytes. */
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** RSV1. */
const COMPRESSED = 4;
/** The octets that a sender removes from the end of each message (RFC 7692 section 7.2.1). */
const TAIL_BYTES = 4;
/** Least room for a step of zlib: below six octets it would repeat its flush marker. */
const LEAST_ROOM = 64;

/** Compression of the messages of one connection (RFC 7692 section 7.2). */
export class DeflateSession implements ExtensionSession, ContextHolder {
  readonly reservedBits = COMPRESSED;
  readonly peer: string;
  isLost = false;
  readonly #contexts: ContextPool;
  readonly #terms: SessionTerms;
  readonly #inflater = new MessageInflater();
  /**
   * The context is kept between the frames of one message, and between messages if both sides
   * agreed on that.
   */
  #inflate: ZlibLease | undefined;
  #deflate: ZlibLease | undefined;
  /** Whether a message without a promise holds the context until its last frame. */
  #isHeld = false;
  /** Whether a message has begun that is not complete. */
  #isWithinMessage = false;
  #hasEnded = false;

  constructor(contexts: ContextPool, terms: SessionTerms, peer: string) {
    this.#contexts = contexts;
    this.#terms = terms;
    this.peer = peer;
  }

  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    out: GrowingBytes,
    maxBytes: number,
  ): ExtensionOutcome {
    if (this.isLost) return ExtensionOutcome.OutOfMemory;
    // After a fault, the messages of the peer make no sense any more.
    if (this.#hasEnded) return ExtensionOutcome.Invalid;
    let outcome: ExtensionOutcome = ExtensionOutcome.Done;
    // Frames without octets need no context.
    if (end > start) {
      this.#isWithinMessage = true;
      this.#inflate ??= this.#contexts.inflate(this.#terms.inflateBits);
      outcome = this.#inflater.push(this.#inflate.zlib, bytes, start, end, out, maxBytes);
    }
    const lease = this.#inflate;
    if (lease === undefined) return outcome;
    if (outcome === ExtensionOutcome.Done && isLast) outcome = this.#inflater.finish(lease.zlib);
    if (outcome !== ExtensionOutcome.Done) this.release();
    else if (isLast) this.#endMessage(lease);
    else this.#hold(lease);
    return outcome;
  }

  encode(bytes: Uint8Array, start: number, end: number, out: GrowingBytes): ExtensionOutcome {
    const { minBytes, maxBytes, deflateBits, keepsDeflate } = this.#terms;
    const length = end - start;
    if (this.#hasEnded || length < minBytes || length > maxBytes) return ExtensionOutcome.Unchanged;
    if (length === 0) return encodeEmpty(out);
    const lease = this.#deflate ?? this.#contexts.deflate(deflateBits);
    if (keepsDeflate) this.#deflate = lease;
    const known = out.end - out.start;
    const isDone = deflateRange(lease.zlib, bytes, start, end, out);
    if (!keepsDeflate) lease.release();
    if (!isDone) {
      // The context of zlib no longer fits the data that the peer has seen.
      if (keepsDeflate) lease.zlib.reset();
      return ExtensionOutcome.OutOfMemory;
    }
    out.advance(-TAIL_BYTES);
    // A message that did not get shorter is sent as it is, unless the context of the peer needs it.
    const written = out.end - out.start - known;
    if (keepsDeflate || written < length) return ExtensionOutcome.Done;
    out.advance(-written);
    return ExtensionOutcome.Unchanged;
  }

  /** For the pool: another message needs the memory of this context more. */
  loseContext(): void {
    this.isLost = true;
    this.#giveInflateBack();
  }

  release(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#giveInflateBack();
    this.#deflate?.release();
    this.#deflate = undefined;
    this.#contexts.endPromise(this.#terms.promisedBytes);
  }

  #hold(lease: ZlibLease): void {
    if (this.#isHeld || this.#terms.keepsInflate) return;
    this.#isHeld = true;
    this.#contexts.hold(this, lease);
  }

  #endMessage(lease: ZlibLease): void {
    this.#isWithinMessage = false;
    if (this.#terms.keepsInflate) return;
    this.#endHold(lease);
    this.#inflate = undefined;
    lease.release();
  }

  #endHold(lease: ZlibLease): void {
    if (this.#isHeld) this.#contexts.endHold(this, lease);
    this.#isHeld = false;
  }

  /** A context within a message is out of step with every other message. */
  #giveInflateBack(): void {
    const lease = this.#inflate;
    this.#inflate = undefined;
    if (lease === undefined) return;
    this.#endHold(lease);
    if (this.#isWithinMessage) lease.discard();
    else lease.release();
  }
}

/**
 * An empty message is the first octet of an empty block, whose rest is the tail (RFC 7692 section
 * 7.2.3.6). zlib is not used for it, because zlib writes nothing if there is nothing new to flush.
 */
function encodeEmpty(out: GrowingBytes): ExtensionOutcome {
  if (!out.reserve(1, Infinity)) return ExtensionOutcome.OutOfMemory;
  out.bytes[out.end] = 0;
  out.advance(1);
  return ExtensionOutcome.Done;
}

function deflateRange(
  zlib: RawZlib,
  bytes: Uint8Array,
  start: number,
  end: number,
  out: GrowingBytes,
): boolean {
  let at = start;
  do {
    // Text shrinks to about half its length. Data that does not shrink takes a second step.
    if (!out.reserve(LEAST_ROOM + ((end - at) >> 1), Infinity)) return false;
    const { room } = out;
    zlib.step(Flush.Sync, bytes, at, end - at, out.bytes, out.end, room);
    out.advance(room - zlib.outputLeft);
    at = end - zlib.inputLeft;
  } while (zlib.outputLeft === 0);
  return true;
}
