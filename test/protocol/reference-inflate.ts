// A simple decompressor, which the fuzz test compares with ours.
import { inflatePlainly } from '@hioload/test-support/wire';
import { constants, inflateRawSync } from 'node:zlib';

/** What a sender takes off the end of each message (RFC 7692 section 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);
/** The smallest that Node inflates in. */
const STEP_BYTES = 64;

/**
 * One direction of a connection, all of it inflated anew for each message, by Node's sync calls.
 */
export class InflateByNode {
  /**
   * Whether a message was both corrupt and too long, so close together that either may be named.
   */
  hasTwoFaults = false;
  readonly #keepsContext: boolean;
  /** What came since all began anew, and how long it is inflated. */
  #before: Buffer = Buffer.alloc(0);
  #beforeBytes = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(keepsContext: boolean) {
    this.#keepsContext = keepsContext;
  }

  /**
   * What the payload of a message comes to, or of its first frames (RFC 7692 section 7.2.2); a
   * close code where it comes to nothing.
   */
  message(encoded: Buffer, isWhole: boolean, maxBytes: number): Buffer | 1007 | 1009 {
    const found = this.#inflate(encoded, maxBytes);
    if (typeof found === 'number') return found;
    if (!isWhole) return found.content;
    const message = inflatePlainly(encoded, this.#window);
    if (message === undefined) return 1007;
    if (this.#keepsContext) {
      this.#window = message.window;
      const hasTail = encoded.length > 0 && !message.endsFinal;
      this.#before = hasTail ? Buffer.concat([found.begun, TAIL]) : found.begun;
      this.#beforeBytes = found.begunBytes;
    }
    return message.content;
  }

  /**
   * Which fault comes first in what is corrupt: in small steps, that is told to within one of them.
   */
  #firstFault(input: Buffer, maxBytes: number): 1007 | 1009 {
    if (inflate(input, maxBytes, STEP_BYTES) === 1009) return 1009;
    this.hasTwoFaults ||= inflate(input, maxBytes - STEP_BYTES, STEP_BYTES) === 1009;
    return 1007;
  }

  #inflate(encoded: Buffer, maxBytes: number): Inflated | 1007 | 1009 {
    let left = Buffer.concat([this.#before, encoded]);
    let skipped = this.#beforeBytes;
    let content: Buffer = Buffer.alloc(0);
    for (;;) {
      const most = skipped + maxBytes - content.length;
      const part = inflate(left, most);
      if (part === 1007) return this.#firstFault(left, most);
      if (part === 1009) return part;
      content = Buffer.concat([content, part.output.subarray(skipped)]);
      if (part.consumed === left.length)
        return { content, begun: left, begunBytes: part.output.length };
      // It stopped before the end: a final block, behind which all begins anew.
      left = left.subarray(part.consumed);
      skipped = 0;
    }
  }
}

/** The content of a message, and the octets that have come since all began anew. */
interface Inflated {
  readonly content: Buffer;
  readonly begun: Buffer;
  readonly begunBytes: number;
}

function inflate(
  input: Buffer,
  maxBytes: number,
  chunkSize = 16_384,
): { output: Buffer; consumed: number } | 1007 | 1009 {
  try {
    const { buffer, engine } = inflateRawSync(input, {
      finishFlush: constants.Z_SYNC_FLUSH,
      // None may be left, and Node takes no limit of none.
      maxOutputLength: Math.max(1, maxBytes),
      chunkSize,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return buffer.length > maxBytes ? 1009 : { output: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 1009 : 1007;
  }
}
