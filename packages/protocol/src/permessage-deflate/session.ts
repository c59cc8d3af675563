// Compression on one connection: compresses and decompresses its messages.
import { ExtensionOutcome, type ExtensionSession, type GrowingBytes } from '@hioload/api';
import type { ContextPool, ZlibLease } from './context-pool.js';
import type { RawZlib } from './raw-zlib.js';

/** What was agreed upon, as one side sees it. */
export interface SessionTerms {
  /** Windows of what is sent and of what is received, as powers of two. */
  readonly deflateBits: number;
  readonly inflateBits: number;
  /** Whether contexts live on from message to message. */
  readonly keepsDeflate: boolean;
  readonly keepsInflate: boolean;
  /** Shortest and longest message that is compressed, in bytes. */
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** RSV1. */
const COMPRESSED = 4;

/**
 * What a sender takes off the end of each message, and a receiver puts back (RFC 7692 section 7.2).
 */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/** Least room for a step of zlib: below six octets it would repeat its flush marker. */
const LEAST_ROOM = 64;

/**
 * Final blocks that one message may have. The standard's own example has one, with an empty block
 * behind it (RFC 7692 section 7.2.3.4); more are not forbidden, but each costs a reset that two
 * octets can ask for.
 */
const MAX_FINAL_BLOCKS = 8;

/** Compression of the messages of one connection (RFC 7692 section 7.2). */
export class DeflateSession implements ExtensionSession {
  readonly reservedBits = COMPRESSED;
  readonly #contexts: ContextPool;
  readonly #terms: SessionTerms;
  /** Kept between messages by agreement, and between the frames of one message by need. */
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
      // The tail is the end of an empty block. Where something comes of it, it was read as part of
      // another one: the message has been cut off.
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
    // Without memory to compress there still is a message to send.
    if (lease === undefined) return ExtensionOutcome.Unchanged;
    if (keepsDeflate) this.#deflate = lease;
    const known = out.end - out.start;
    const isDone = deflateRange(lease.zlib, bytes, start, end, out);
    if (!keepsDeflate) lease.release();
    if (!isDone) {
      // What zlib remembers is not what the peer has seen.
      if (keepsDeflate) lease.zlib.reset();
      return ExtensionOutcome.OutOfMemory;
    }
    out.advance(-TAIL.length);
    // A message that did not get shorter goes out as it is, unless the peer has to see it to keep
    // in step.
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
      // One octet of room beyond the limit shows that there would be more: what is inflated never
      // exceeds it by two.
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
      // Room on both sides, and zlib stopped: a final block has ended, and what follows begins
      // anew.
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
 * 7.2.3.6). zlib is not asked: it writes nothing where there is nothing to flush since the last
 * message.
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
    // Half the length is what text comes to; incompressible data takes a second step.
    if (!out.reserve(LEAST_ROOM + ((end - at) >> 1), Infinity)) return false;
    const { room } = out;
    zlib.step(bytes, at, end - at, out.bytes, out.end, room);
    out.advance(room - zlib.outputLeft);
    at = end - zlib.inputLeft;
  } while (zlib.outputLeft === 0);
  return true;
}
