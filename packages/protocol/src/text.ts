/**
 * Up to this length a loop over ASCII letters (2 ns each) is faster than a call of native code (60
 * ns).
 */
const LOOP_PAYS_UP_TO = 24;

let recentBytes: Uint8Array | undefined;
let recentBuffer: Buffer = Buffer.alloc(0);

/**
 * Writes `text` as UTF-8 to `target[at..]`, which has room for `maxBytes`, enough for all of it.
 * @returns the offset after the last octet written
 */
export function writeText(text: string, target: Uint8Array, at: number, maxBytes: number): number {
  const { length } = text;
  if (length <= LOOP_PAYS_UP_TO) {
    let written = 0;
    for (; written < length; written++) {
      const code = text.charCodeAt(written);
      if (code >= 0x80) break;
      target[at + written] = code;
    }
    if (written === length) return at + length;
  }
  // `write` uses UTF-8 by default, and the argument for it would cost as much as the writing.
  return at + bufferOf(target).write(text, at, maxBytes);
}

/**
 * The same memory as a `Buffer`, whose `write` needs no view of the range as
 * `TextEncoder.encodeInto` does.
 */
function bufferOf(bytes: Uint8Array): Buffer {
  if (recentBytes !== bytes) {
    recentBytes = bytes;
    recentBuffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return recentBuffer;
}
