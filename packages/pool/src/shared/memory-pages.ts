/** The smallest page of the machines that Node runs on. */
export const PAGE_BYTES = 4_096;

/**
 * Places the pages of a piece of memory on the node of the calling thread. Nobody may have written
 * to the memory before: the kernel places a page at the first write.
 * @param byteOffset a multiple of 4
 * @param byteLength a multiple of 4
 */
export function touchPages(
  buffer: SharedArrayBuffer,
  byteOffset = 0,
  byteLength = buffer.byteLength,
): void {
  const words = new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
  // An `or` with 0 is a write that changes nothing, even where another thread writes too.
  for (let word = 0; word < words.length; word += PAGE_BYTES / Int32Array.BYTES_PER_ELEMENT)
    Atomics.or(words, word, 0);
}
