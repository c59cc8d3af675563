/* The words of a slab in shared memory. */
import { LINE_BYTES, LINE_WORDS } from '../shared/cache-line.js';
import { FIRST_PARAMETER } from '../shared/region.js';

/*
 * A slab:
 *
 *   line 0        descriptor: number of classes, owner; per class, bytes and number of its blocks
 *   line 1 + c    HOME of class c: link to the block that came home last
 *   then          NEXT, a word for each block: link to the block that came home before it
 *   then, class by class, the blocks, each at a multiple of 64:
 *       word 0    STATE: generation << 16 | references
 *       words 1-3 unused, so that the payload begins at a multiple of 16
 *       payload
 *
 * A link is the complement of the handle of the block in its next lease, or 0.
 *
 * STATE lies beside the payload: a thread that releases a block has this line already, and blocks
 * do not disturb each other. NEXT lies apart, 32 to a line, and a link tells the generation. So the
 * owner walks the list and lends again without the lines of the blocks, which are still in the
 * caches of the threads that released them.
 *
 * A block without references belongs to the owner, who keeps it in a private stack, or is on its
 * way there. Another thread that drops the last reference links the block in at HOME. The owner
 * takes the whole list by one exchange and never a single block, so that no block is seen twice (no
 * ABA). The list is lock-free: a thread that stalls or dies between the drop and the link costs
 * that one block and delays nobody.
 *
 * The accesses to the payload are plain: the payload belongs to the threads that hold a reference.
 * A thread that got its reference by a lane got it by the store of the TAIL of that lane. NEXT is
 * written before the exchange of HOME that shows the block, and read after the exchange that takes
 * the list.
 */
export const CLASSES = FIRST_PARAMETER;
export const OWNER_ROLE = FIRST_PARAMETER + 1;
export const FIRST_CLASS = FIRST_PARAMETER + 2;
export const WORDS_PER_CLASS = 2;

export const MAX_CLASSES = 8;
export const MAX_BLOCKS = 2 ** 16;

export const BLOCK_ALIGNMENT = 64;
export const BLOCK_HEADER_BYTES = 16;
export const STATE = 0;

/** The word of a class's HOME. */
export function homeOf(blockClass: number): number {
  return (1 + blockClass) * LINE_WORDS;
}

/**
 * The word of the first block's NEXT in a slab of so many classes. The words of the other blocks
 * follow.
 */
export function firstNextOf(classes: number): number {
  return (1 + classes) * LINE_WORDS;
}

/** How many blocks of which size. */
export interface BlockClass {
  /** Least bytes of a block: 1..2^26. */
  readonly blockBytes: number;
  /** 1 or more. All classes of a slab together have at most 65,536. */
  readonly blocks: number;
}

/** Where the blocks of a class lie. */
export interface ClassPlace {
  /** The number of the first block. Numbers run through all classes. */
  readonly firstBlock: number;
  readonly blocks: number;
  readonly blockBytes: number;
  /** The byte of the first block's header, from the beginning of the slab. */
  readonly firstByte: number;
  /** Bytes from one block to the next. */
  readonly strideBytes: number;
}

/** Lays the classes out, one behind the other. */
export function placeClasses(classes: readonly BlockClass[]): {
  readonly places: ClassPlace[];
  readonly bytes: number;
} {
  let firstBlock = 0;
  const allBlocks = classes.reduce((sum, { blocks }) => sum + blocks, 0);
  let firstByte = (1 + classes.length + Math.ceil(allBlocks / LINE_WORDS)) * LINE_BYTES;
  const places = classes.map(({ blockBytes, blocks }) => {
    const strideBytes =
      Math.ceil((BLOCK_HEADER_BYTES + blockBytes) / BLOCK_ALIGNMENT) * BLOCK_ALIGNMENT;
    // The rest of the last line belongs to the block too.
    const place = {
      firstBlock,
      blocks,
      blockBytes: strideBytes - BLOCK_HEADER_BYTES,
      firstByte,
      strideBytes,
    };
    firstBlock += blocks;
    firstByte += blocks * strideBytes;
    return place;
  });
  return { places, bytes: firstByte };
}

/** The classes that the descriptor of a slab names. */
export function readClasses(words: Int32Array): BlockClass[] {
  return Array.from({ length: words[CLASSES]! }, (_, i) => {
    const at = FIRST_CLASS + i * WORDS_PER_CLASS;
    return { blockBytes: words[at]!, blocks: words[at + 1]! };
  });
}
