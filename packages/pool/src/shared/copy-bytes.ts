/**
 * Records up to this length are copied by a loop. `TypedArray.set` costs 45 ns before the first byte, the loop 1 ns a byte
 * (`npm run bench -- pool copy`).
 */
const LOOP_LIMIT_BYTES = 40;

/**
 * Copies `start` up to `end` of `source` to `at` in `target`. A long part of a larger array costs one view; all else
 * allocates nothing.
 */
export function copyBytes(target: Uint8Array, at: number, source: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length <= LOOP_LIMIT_BYTES) {
    for (let i = 0; i < length; i++) target[at + i] = source[start + i]!;
  } else if (length === source.length) {
    target.set(source, at);
  } else {
    target.set(source.subarray(start, end), at);
  }
}
