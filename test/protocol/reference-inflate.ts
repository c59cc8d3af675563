import { constants, inflateRawSync } from 'node:zlib';

/** What a sender takes off the end of each message (RFC 7692 section 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);
/** As many as our sessions take in one message; the standard does not say. */
const MAX_FINAL_BLOCKS = 8;

/** One direction of a connection, all of it inflated anew for each message, by Node's sync calls. */
export class InflateByNode {
  readonly #keepsContext: boolean;
  /** What came since all began anew, and how long it is inflated. */
  #before = Buffer.alloc(0);
  #beforeBytes = 0;

  constructor(keepsContext: boolean) {
    this.#keepsContext = keepsContext;
  }

  /**
   * What the payload of a message comes to, or of its first frames (RFC 7692 section 7.2.2); a close code where it comes to
   * nothing.
   */
  message(encoded: Buffer, isWhole: boolean, maxBytes: number): Buffer | 1007 | 1009 {
    let input = Buffer.concat([this.#before, encoded, isWhole ? TAIL : Buffer.alloc(0)]);
    const whole = input;
    let skipped = this.#beforeBytes;
    let finalBlocks = 0;
    let content = Buffer.alloc(0);
    for (;;) {
      const part = inflate(input, skipped + maxBytes - content.length);
      if (typeof part === 'number') return part;
      content = Buffer.concat([content, part.output.subarray(skipped)]);
      input = input.subarray(part.consumed);
      if (input.length === 0) break;
      // It stopped before the end: a final block, behind which all begins anew.
      skipped = 0;
      finalBlocks += 1;
      if (finalBlocks > MAX_FINAL_BLOCKS) return 1007;
    }
    if (isWhole && this.#keepsContext) {
      const isNew = finalBlocks > 0;
      this.#before = isNew ? Buffer.alloc(0) : whole;
      this.#beforeBytes = isNew ? 0 : this.#beforeBytes + content.length;
    }
    return content;
  }
}

function inflate(input: Buffer, maxBytes: number): { output: Buffer; consumed: number } | 1007 | 1009 {
  try {
    const { buffer, engine } = inflateRawSync(input, {
      finishFlush: constants.Z_SYNC_FLUSH,
      // None may be left, and Node takes no limit of none.
      maxOutputLength: Math.max(1, maxBytes),
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return buffer.length > maxBytes ? 1009 : { output: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 1009 : 1007;
  }
}
