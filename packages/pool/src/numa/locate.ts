/* Finds the address of a shared structure in the memory of the process. */
import { readSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LINE_BYTES } from '../shared/cache-line.js';
import { NAME, NAME_WORDS, PULSE, type Region } from '../shared/region.js';

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** Bytes that are read at a time. */
const CHUNK_BYTES = 2 ** 20;

/**
 * Finds the address of a region in this process. JavaScript has no addresses, so `locate` looks for
 * the name of the region in the memory of the process. A candidate is the region if a word that
 * changes here changes there. The thread does other work while the kernel reads.
 * @returns `null` where the region is not found
 * @throws where `/proc` cannot be read (as a rejection)
 */
export async function locate(
  { buffer, byteOffset }: Region,
  procRoot = '/proc',
): Promise<number | null> {
  const words = new Int32Array(buffer, byteOffset, LINE_BYTES / WORD_BYTES);
  // A copy outside of shared memory, which the search needs.
  const name = Buffer.from(Int32Array.from(words.subarray(NAME, NAME + NAME_WORDS)).buffer);
  const maps = await readFile(join(procRoot, 'self/maps'), 'utf8');
  const memory = await open(join(procRoot, 'self/mem'), 'r');
  try {
    for (const [start, end] of mappingsFor(maps, buffer.byteLength)) {
      for await (const found of occurrences(memory, name, start, end)) {
        if (isAlive(memory.fd, words, found)) return found - NAME * WORD_BYTES;
      }
    }
    return null;
  } finally {
    await memory.close();
  }
}

/**
 * The private writable mappings without a file that are large enough, smallest first: the smallest
 * is the most likely one.
 */
function mappingsFor(maps: string, byteLength: number): [number, number][] {
  return maps
    .split('\n')
    .flatMap((line): [number, number][] => {
      const [, from, to, path = ''] =
        /^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ \d+\s*(.*)$/.exec(line) ?? [];
      if (from === undefined || to === undefined || path.startsWith('/')) return [];
      const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
      return end - start < byteLength ? [] : [[start, end]];
    })
    .toSorted(([a, b], [c, d]) => b - a - (d - c));
}

/** The addresses at which the name lies. */
async function* occurrences(
  memory: FileHandle,
  name: Buffer,
  start: number,
  end: number,
): AsyncGenerator<number> {
  const chunk = Buffer.alloc(CHUNK_BYTES + name.length);
  for (let at = start; at < end; at += CHUNK_BYTES) {
    const length = await readChunk(memory, chunk, Math.min(chunk.length, end - at), at);
    const read = chunk.subarray(0, length);
    for (let offset = read.indexOf(name); offset >= 0; offset = read.indexOf(name, offset + 1))
      yield at + offset;
  }
}

/**
 * Whether an address is that of the region with these words. Adds and reads in one go, because
 * another search for the same region may run meanwhile.
 */
function isAlive(memory: number, words: Int32Array, nameAt: number): boolean {
  const there = Buffer.alloc(WORD_BYTES);
  // The add orders nothing: the kernel reads the word back on this thread.
  const pulse = (Atomics.add(words, PULSE, 1) + 1) | 0;
  try {
    const length = readSync(memory, there, 0, WORD_BYTES, nameAt + NAME_WORDS * WORD_BYTES);
    return length === WORD_BYTES && there.readInt32LE() === pulse;
  } catch {
    return false;
  }
}

/** A mapping may go while it is read. Such a mapping counts as empty. */
async function readChunk(
  memory: FileHandle,
  into: Buffer,
  length: number,
  at: number,
): Promise<number> {
  try {
    return (await memory.read(into, 0, length, at)).bytesRead;
  } catch {
    return 0;
  }
}
