/**
 * Masks bytes in place, or unmasks them, which is the same (RFC 6455 section 5.3).
 * @param start first octet to change @param end the octet after the last one
 * @param maskKey the key as an unsigned 32-bit number, its first octet on the wire the most significant one
 * @param phase octets of the payload that lie before `start`, any integer from 0; lets a payload be masked piece by piece
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, maskKey: number, phase = 0): void {
  const turn = (phase % 4) * 8;
  const key = turn === 0 ? maskKey : (maskKey << turn) | (maskKey >>> (32 - turn));
  const first = (key >>> 24) & 0xff;
  const second = (key >>> 16) & 0xff;
  const third = (key >>> 8) & 0xff;
  const fourth = key & 0xff;
  const endOfWholeKeys = end - ((end - start) % 4);
  let at = start;
  for (; at < endOfWholeKeys; at += 4) {
    bytes[at]! ^= first;
    bytes[at + 1]! ^= second;
    bytes[at + 2]! ^= third;
    bytes[at + 3]! ^= fourth;
  }
  if (at < end) bytes[at]! ^= first;
  if (at + 1 < end) bytes[at + 1]! ^= second;
  if (at + 2 < end) bytes[at + 2]! ^= third;
}
