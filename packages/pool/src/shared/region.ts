/* Regions: the pieces of shared memory that hold the structures, and their descriptors. */
import { HioloadError } from '@hioload/api';
import { LINE_BYTES } from './cache-line.js';

/**
 * Where a shared structure lies. A region is plain data: a thread sends the region to another
 * thread, which attaches to it.
 */
export interface Region {
  readonly buffer: SharedArrayBuffer;
  /** A multiple of 128. */
  readonly byteOffset: number;
}

/** What a region holds; the second word of the descriptor tells the kind. */
export const RegionKind = {
  SpscRing: 1,
  Lane: 2,
  MpscRing: 3,
  RingMesh: 4,
  Slab: 5,
  InterestMap: 6,
  Doorbells: 7,
} as const;
export type RegionKind = (typeof RegionKind)[keyof typeof RegionKind];

/*
 * The first line of each region is its descriptor. It is written once, before any other thread sees
 * the region:
 *
 *   word 0      mark "HIOL"
 *   word 1      layout version << 8 | kind
 *   word 2 ..   the sizes that the kind needs
 *   word 28..30 a name of random bits, by which `locate.ts` finds the region in the memory of the
 *               process
 *   word 31     a count that `locate.ts` changes, which tells the region from a copy of its name
 */
const MARK = 0x4c4f4948;
const LAYOUT_VERSION = 1;
const nameOf = (kind: RegionKind): string =>
  Object.entries(RegionKind).find(([, value]) => value === kind)?.[0] ?? String(kind);

/** The first word of the descriptor that belongs to the structure. */
export const FIRST_PARAMETER = 2;

/** The words of the descriptor that hold the name, and the word behind the name. */
export const NAME = 28;
export const NAME_WORDS = 3;
export const PULSE = NAME + NAME_WORDS;

/**
 * The C library of GNU asks the kernel for each piece of this size. A smaller piece may come from
 * memory that was in use before, and its pages lie where another thread wrote to them.
 */
const FRESH_BYTES = 2 ** 25 + 2 ** 12;

/** Makes memory for a structure: zeros, with a descriptor. */
export function createRegion(
  kind: RegionKind,
  byteLength: number,
  parameters: readonly number[],
): Region {
  return describeBuffer(new SharedArrayBuffer(byteLength), kind, parameters);
}

/**
 * Does the same in memory that no thread has written to yet. So each page comes to lie on the node
 * of the thread that first writes to it. Some address space behind the structure stays unused.
 */
export function createFreshRegion(
  kind: RegionKind,
  byteLength: number,
  parameters: readonly number[],
): Region {
  return describeBuffer(new SharedArrayBuffer(Math.max(byteLength, FRESH_BYTES)), kind, parameters);
}

function describeBuffer(
  buffer: SharedArrayBuffer,
  kind: RegionKind,
  parameters: readonly number[],
): Region {
  const region = { buffer, byteOffset: 0 };
  describeRegion(region, kind, parameters);
  return region;
}

/** Writes the descriptor of a structure into memory that is all zeros and large enough. */
export function describeRegion(
  region: Region,
  kind: RegionKind,
  parameters: readonly number[],
): void {
  const words = new Int32Array(region.buffer, region.byteOffset);
  words[0] = MARK;
  words[1] = (LAYOUT_VERSION << 8) | kind;
  words.set(parameters, FIRST_PARAMETER);
  words.set(crypto.getRandomValues(new Int32Array(NAME_WORDS)), NAME);
}

/**
 * Reads the descriptor of a structure.
 * @param sizeOf bytes of the structure, from the words of its descriptor
 * @returns all words of the structure
 * @throws HIOLOAD_SHARED_LAYOUT
 */
export function openRegion(
  region: Region,
  kind: RegionKind,
  sizeOf: (words: Int32Array) => number,
): Int32Array {
  const { buffer, byteOffset } = region;
  const fail = (problem: string): HioloadError =>
    new HioloadError(
      'HIOLOAD_SHARED_LAYOUT',
      `${nameOf(kind)} at byte ${String(byteOffset)}: ${problem}`,
    );
  if (typeof byteOffset !== 'number') {
    const problem =
      'the region must be { buffer, byteOffset }, such as the `region` of a structure';
    throw new HioloadError('HIOLOAD_SHARED_LAYOUT', `${nameOf(kind)}: ${problem}`);
  }
  if (!(buffer instanceof SharedArrayBuffer)) throw fail('the buffer must be a SharedArrayBuffer');
  if (!Number.isInteger(byteOffset) || byteOffset < 0 || byteOffset % LINE_BYTES !== 0) {
    throw fail(`the offset must be a multiple of ${String(LINE_BYTES)}`);
  }
  const held = buffer.byteLength - byteOffset;
  if (held < LINE_BYTES)
    throw fail(`a region must have at least ${String(LINE_BYTES)} bytes; got ${String(held)}`);
  const descriptor = new Int32Array(buffer, byteOffset, LINE_BYTES / Int32Array.BYTES_PER_ELEMENT);
  if (descriptor[0] !== MARK) throw fail('no structure was found there');
  const [, found = 0] = descriptor;
  if (found >> 8 !== LAYOUT_VERSION) {
    throw fail(`the layout version must be ${String(LAYOUT_VERSION)}; got ${String(found >> 8)}`);
  }
  if ((found & 0xff) !== kind) throw fail(`a ${nameOf((found & 0xff) as RegionKind)} was found`);
  const needed = sizeOf(descriptor);
  if (held < needed)
    throw fail(`the region must have ${String(needed)} bytes; got ${String(held)}`);
  return new Int32Array(buffer, byteOffset, needed / Int32Array.BYTES_PER_ELEMENT);
}
