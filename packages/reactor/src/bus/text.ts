/** Up to this length a text of ASCII is written faster unit by unit than by a call. */
const LOOP_LIMIT_UNITS = 16;

/** Writes a text in UTF-8, of which the length is known. Half a surrogate pair becomes U+FFFD. */
export function writeText(target: Buffer, at: number, text: string, byteLength: number): void {
  // Only ASCII takes as many bytes as units of UTF-16.
  if (byteLength === text.length && byteLength <= LOOP_LIMIT_UNITS) {
    for (let i = 0; i < byteLength; i++) target[at + i] = text.charCodeAt(i);
  } else {
    target.write(text, at, byteLength);
  }
}
