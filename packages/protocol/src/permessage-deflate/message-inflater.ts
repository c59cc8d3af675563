// Decompresses the payloads of one message, and judges where the message ends.
import { ExtensionOutcome, type GrowingBytes } from '@hioload/api';
import { Flush, type RawZlib } from './raw-zlib.js';

/** Least room for a step of zlib. */
const LEAST_ROOM = 64;

/**
 * The octets that a sender removes from the end of each message (RFC 7692 section 7.2.1), and one
 * octet more. A receiver adds the four octets again; zlib must not need the fifth.
 */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00);
const GUARD_BYTES = 1;
/** Two empty blocks without compression. At the start of an octet they change nothing. */
const TWO_EMPTY_BLOCKS = Uint8Array.of(0, 0, 0, 0xff, 0xff, 0, 0, 0, 0xff, 0xff);
/** Takes the octets that come out of a tail. There must be none. */
const SPILL = new Uint8Array(LEAST_ROOM);

/** Decompresses messages with the context that it is given. */
export class MessageInflater {
  #hasInput = false;
  /** Whether nothing came after the last final block of the message. */
  #isAfterFinalBlock = false;

  /** Decompresses `bytes[start..end)`, the next octets of the message, and appends the result. */
  push(
    zlib: RawZlib,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: GrowingBytes,
    maxBytes: number,
  ): ExtensionOutcome {
    let at = start;
    if (this.#isAfterFinalBlock) at = skipEmptyFinalBlocks(bytes, at, end);
    if (at === end) return ExtensionOutcome.Done;
    this.#hasInput = true;
    for (;;) {
      this.#isAfterFinalBlock = false;
      const known = out.end - out.start;
      // The output has room for one octet beyond the limit, which shows that the message is too
      // long. So the output never exceeds the limit by two.
      const most = maxBytes + 1;
      const wished = Math.max(LEAST_ROOM, Math.min(4 * (end - at), most - known));
      if (out.room === 0 && !out.reserve(wished, most)) return ExtensionOutcome.OutOfMemory;
      const room = Math.min(out.room, most - known);
      if (!zlib.step(Flush.Sync, bytes, at, end - at, out.bytes, out.end, room))
        return ExtensionOutcome.Invalid;
      out.advance(room - zlib.outputLeft);
      if (out.end - out.start > maxBytes) return ExtensionOutcome.TooBig;
      at = end - zlib.inputLeft;
      if (zlib.outputLeft === 0) continue;
      if (at === end) return ExtensionOutcome.Done;
      // Input and output have room left and zlib stopped: a final block has ended. A message may
      // have any number of them (RFC 7692 section 7.2.3.4). The next block needs a reset context.
      zlib.reset();
      this.#isAfterFinalBlock = true;
      at = skipEmptyFinalBlocks(bytes, at, end);
      if (at === end) return ExtensionOutcome.Done;
    }
  }

  /**
   * Ends the message. `Done` if its octets and the tail are whole blocks (RFC 7692 section 7.2.2):
   * then the context is between two blocks, where the next message may go on. `Invalid` if the
   * message was cut off.
   */
  finish(zlib: RawZlib): ExtensionOutcome {
    // Some senders compress an empty message to no octets. Such a message has no block to cut.
    const isAtStart = !this.#hasInput || this.#isAfterFinalBlock;
    this.#hasInput = this.#isAfterFinalBlock = false;
    if (isAtStart) return ExtensionOutcome.Done;
    // Only the flush mode `Block` shows where zlib stands: it stops behind each block. A message
    // ends with the first octet of an empty block, and the tail is the rest of this block. In all
    // other places zlib stops elsewhere: within the tail, beyond it, with output, or at an error.
    const left = feedSilently(zlib, Flush.Block, TAIL);
    if (left === TAIL.length) {
      // A final block has ended where the message ends, and zlib waits for a reset.
      zlib.reset();
      return ExtensionOutcome.Done;
    }
    // A block with a code of its own may end within the last octet of the tail. Then the rest of
    // this octet, ones, is read as the header of the next block.
    const isBetweenBlocks =
      left === GUARD_BYTES && feedSilently(zlib, Flush.Sync, TWO_EMPTY_BLOCKS) === 0;
    return isBetweenBlocks ? ExtensionOutcome.Done : ExtensionOutcome.Invalid;
  }
}

/** Returns the number of octets that zlib has left; -1 for an error or for output. */
function feedSilently(zlib: RawZlib, flush: Flush, octets: Uint8Array): number {
  const isDone = zlib.step(flush, octets, 0, octets.length, SPILL, 0, SPILL.length);
  return isDone && zlib.outputLeft === SPILL.length ? zlib.inputLeft : -1;
}

/**
 * Skips final blocks without content, which begin at the start of an octet. A peer needs two octets
 * for such a block, and zlib would need a call and a reset.
 */
function skipEmptyFinalBlocks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (;;) {
    if (isEmptyFixedBlock(bytes, at, end)) at += 2;
    else if (isEmptyStoredBlock(bytes, at, end)) at += 5;
    else return at;
  }
}

/** The header 1, 01 and the code of the end, seven zeros (RFC 1951 section 3.2.6). */
function isEmptyFixedBlock(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 2 <= end && bytes[at] === 0x03 && (bytes[at + 1]! & 0x03) === 0;
}

/** The header 1, 00, the rest of the octet, the length and its complement (section 3.2.4). */
function isEmptyStoredBlock(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + 5 <= end &&
    (bytes[at]! & 0x07) === 0x01 &&
    bytes[at + 1] === 0 &&
    bytes[at + 2] === 0 &&
    bytes[at + 3] === 0xff &&
    bytes[at + 4] === 0xff
  );
}
