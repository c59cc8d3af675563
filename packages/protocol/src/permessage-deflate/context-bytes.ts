// The native memory that a compression context takes.

/** Bytes that zlib takes besides windows and tables. */
const INFLATE_STATE_BYTES = 10_240;
const DEFLATE_STATE_BYTES = 6_144;
/** The zlib of Node uses at least this number of hash bits, whatever `memLevel` is. */
const LEAST_HASH_BITS = 15;

/** Bytes of native memory that a context takes. */
export function inflateBytes(windowBits: number): number {
  return 2 ** windowBits + INFLATE_STATE_BYTES;
}

/**
 * Bytes of native memory that a context takes: window and chains, the hash table, and output that
 * waits.
 */
export function deflateBytes(windowBits: number, memLevel: number): number {
  const hashBits = Math.max(LEAST_HASH_BITS, memLevel + 7);
  return (
    2 ** (Math.max(9, windowBits) + 2) +
    2 ** (hashBits + 1) +
    2 ** (memLevel + 8) +
    DEFLATE_STATE_BYTES
  );
}
