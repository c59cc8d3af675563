/* Copies the bytes of a record into the shared memory of a ring. */

/**
 * `TypedArray.set` costs 10 ns for a whole array of any short length; the loop below costs 1.7 ns a
 * byte. For a part of an array, `set` needs a view of the part: 100 ns and some garbage.
 */
const LOOP_LIMIT_BYTES = 8;
const LOOP_LIMIT_OF_PART_BYTES = 64;

/**
 * Copies `source[start..end)` to `target[at..]`. A part of more than 64 bytes costs one view; all
 * other copies allocate nothing.
 *
 * `copyBytes` of `@hioload/protocol` has the same arguments and another purpose: it keeps views of
 * blocks that one thread reads and writes again and again. A record comes from memory that the ring
 * sees once, so such views would not pay.
 */
export function copyIntoRing(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): void {
  const length = end - start;
  const isWhole = length === source.length;
  if (length <= (isWhole ? LOOP_LIMIT_BYTES : LOOP_LIMIT_OF_PART_BYTES)) {
    for (let i = 0; i < length; i++) target[at + i] = source[start + i]!;
  } else {
    target.set(isWhole ? source : source.subarray(start, end), at);
  }
}
