/** Smallest page of the machines that Node runs on. */
export const PAGE_BYTES = 4_096;

/**
 * Has the calling thread's node hold the pages of a piece of memory that nobody has written to yet:
 * the kernel places a page when it is first written.
 * @param byteOffset a multiple of 4 @param byteLength a multiple of 4
 */
export function touchPages(
  buffer: SharedArrayBuffer,
  byteOffset = 0,
  byteLength = buffer.byteLength,
): void {
  const words = new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
  // An `or` of nothing is a write that changes nothing, whoever else writes.
  for (let word = 0; word < words.length; word += PAGE_BYTES / Int32Array.BYTES_PER_ELEMENT)
    Atomics.or(words, word, 0);
}
