/** Bytes that differ from their neighbours and, at any distance below 251, from each other. */
export function pattern(length: number, seed = 0): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) bytes[i] = (i + seed) % 251;
  return bytes;
}

/** ASCII of so many octets that does not repeat soon. */
export function asciiPattern(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) bytes[i] = 0x20 + ((i * 7 + (i >> 8)) % 95);
  return bytes;
}
