/**
 * Distance between words that different threads write: two lines of 64 bytes. Processors of Intel
 * fetch lines in pairs, and processors of Apple have lines of 128 bytes.
 */
export const LINE_BYTES = 128;

/** {@link LINE_BYTES} in 32-bit words. */
export const LINE_WORDS = LINE_BYTES / Int32Array.BYTES_PER_ELEMENT;

/** The next multiple of {@link LINE_BYTES}. */
export function roundUpToLine(bytes: number): number {
  return Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
}
