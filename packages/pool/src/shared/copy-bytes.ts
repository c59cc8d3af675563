/**
 * `TypedArray.set` costs 10 ns for a whole array of any short length, the loop below 1.7 ns a byte.
 * Where only a part is to be copied, `set` needs a view of it: 100 ns and some garbage.
 */
const LOOP_LIMIT_BYTES = 8;
const LOOP_LIMIT_OF_PART_BYTES = 64;

/**
 * Copies `start` up to `end` of `source` to `at` in `target`. A part of more than 64 bytes costs
 * one view; all else allocates nothing.
 */
export function copyBytes(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): void {
  const length = end - start;
  const isWhole = length === source.length;
  if (length <= (isWhole ? LOOP_LIMIT_BYTES : LOOP_LIMIT_OF_PART_BYTES)) {
    for (let i = 0; i < length; i++) target[at + i] = source[start + i]!;
  } else {
    target.set(isWhole ? source : source.subarray(start, end), at);
  }
}
