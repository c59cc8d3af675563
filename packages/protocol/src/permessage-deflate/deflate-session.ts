// Compression on one connection: compresses and decompresses its messages.
import { ExtensionOutcome, type ExtensionSession, type GrowingBytes } from '@hioload/api';
import type { ContextPool, ZlibLease } from './context-pool.js';
import type { RawZlib } from './raw-zlib.js';

/** The agreed terms, as one side sees them. */
export interface SessionTerms {
  /** The windows for sent and for received messages, as powers of two. */
  readonly deflateBits: number;
  readonly inflateBits: number;
  /** Whether contexts are kept from message to message. */
  readonly keepsDeflate: boolean;
  readonly keepsInflate: boolean;
  /** Shortest and longest message that is compressed, in bytes. */
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** RSV1. */
const COMPRESSED = 4;

/**
 * The octets that a sender removes from the end of each message, and a receiver adds again (RFC
 * 7692 section 7.2).
 */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/** Least room for a step of zlib: below six octets it would repeat its flush marker. */
const LEAST_ROOM = 64;

/**
 * Most final blocks in one message. The example of the standard has one, with an empty block after
 * it (RFC 7692 section 7.2.3.4). More are not forbidden, but each one costs a reset, and a peer
 * needs only two octets for it.
 */
const MAX_FINAL_BLOCKS = 8;

/** Compression of the messages of one connection (RFC 7692 section 7.2). */
export class DeflateSession implements ExtensionSession {
  readonly reservedBits = COMPRESSED;
  readonly #contexts: ContextPool;
  readonly #terms: SessionTerms;
  /**
   * The context is kept between the frames of one message, and between messages if both sides
   * agreed on that.
   */
  #inflate: ZlibLease | undefined;
  #deflate: ZlibLease | undefined;
  #finalBlocks = 0;

  constructor(contexts: ContextPool, terms: SessionTerms) {
    this.#contexts = contexts;
    this.#terms = terms;
  }

  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    out: GrowingBytes,
    maxBytes: number,
  ): ExtensionOutcome {
    const lease = (this.#inflate ??= this.#contexts.inflate(this.#terms.inflateBits));
    if (lease === undefined) return ExtensionOutcome.OutOfMemory;
    let outcome = this.#inflateRange(lease.zlib, bytes, start, end, out, maxBytes);
    if (outcome === ExtensionOutcome.Done && isLast) {
      const { end: known } = out;
      outcome = this.#inflateRange(lease.zlib, TAIL, 0, TAIL.length, out, maxBytes);
      // The tail is the end of an empty block. If it gives output, zlib read it as part of another
      // block: the message was cut off.
      if (outcome === ExtensionOutcome.Done && out.end !== known)
        outcome = ExtensionOutcome.Invalid;
    }
    if (isLast || outcome !== ExtensionOutcome.Done) this.#endInflate(lease, outcome);
    return outcome;
  }

  encode(bytes: Uint8Array, start: number, end: number, out: GrowingBytes): ExtensionOutcome {
    const { minBytes, maxBytes, deflateBits, keepsDeflate } = this.#terms;
    const length = end - start;
    if (length < minBytes || length > maxBytes) return ExtensionOutcome.Unchanged;
    if (length === 0) return encodeEmpty(out);
    const lease = this.#deflate ?? this.#contexts.deflate(deflateBits);
    // Without memory to compress, the message is sent as it is.
    if (lease === undefined) return ExtensionOutcome.Unchanged;
    if (keepsDeflate) this.#deflate = lease;
    const known = out.end - out.start;
    const isDone = deflateRange(lease.zlib, bytes, start, end, out);
    if (!keepsDeflate) lease.release();
    if (!isDone) {
      // The context of zlib no longer fits the data that the peer has seen.
      if (keepsDeflate) lease.zlib.reset();
      return ExtensionOutcome.OutOfMemory;
    }
    out.advance(-TAIL.length);
    // A message that did not get shorter is sent as it is, unless the context of the peer needs it.
    const written = out.end - out.start - known;
    if (keepsDeflate || written < length) return ExtensionOutcome.Done;
    out.advance(-written);
    return ExtensionOutcome.Unchanged;
  }

  release(): void {
    this.#inflate?.release();
    this.#deflate?.release();
    this.#inflate = this.#deflate = undefined;
  }

  #inflateRange(
    zlib: RawZlib,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: GrowingBytes,
    maxBytes: number,
  ): ExtensionOutcome {
    let at = start;
    for (;;) {
      const known = out.end - out.start;
      // The output has room for one octet beyond the limit, which shows that the message is too
      // long. So the output never exceeds the limit by two.
      const most = maxBytes + 1;
      const wished = Math.max(LEAST_ROOM, Math.min(4 * (end - at), most - known));
      if (out.room === 0 && !out.reserve(wished, most)) return ExtensionOutcome.OutOfMemory;
      const room = Math.min(out.room, most - known);
      if (!zlib.step(bytes, at, end - at, out.bytes, out.end, room))
        return ExtensionOutcome.Invalid;
      out.advance(room - zlib.outputLeft);
      if (out.end - out.start > maxBytes) return ExtensionOutcome.TooBig;
      at = end - zlib.inputLeft;
      if (zlib.outputLeft === 0) continue;
      if (at === end) return ExtensionOutcome.Done;
      // Input and output have room left and zlib stopped: a final block has ended, and the next
      // block needs a reset context.
      this.#finalBlocks += 1;
      if (this.#finalBlocks > MAX_FINAL_BLOCKS) return ExtensionOutcome.Invalid;
      zlib.reset();
    }
  }

  #endInflate(lease: ZlibLease, outcome: ExtensionOutcome): void {
    const isInStep = outcome === ExtensionOutcome.Done && this.#finalBlocks === 0;
    this.#finalBlocks = 0;
    if (this.#terms.keepsInflate) {
      if (!isInStep) lease.zlib.reset();
      return;
    }
    this.#inflate = undefined;
    lease.release();
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
    zlib.step(bytes, at, end - at, out.bytes, out.end, room);
    out.advance(room - zlib.outputLeft);
    at = end - zlib.inputLeft;
  } while (zlib.outputLeft === 0);
  return true;
}
