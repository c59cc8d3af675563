/*
 * A handle names a block for as long as somebody refers to it: generation << 16 | number of the
 * block. It is an integer of 31 bits, so that it costs no memory and fits into a record of a lane.
 *
 * The state of a block is generation << 16 | references. The generation grows when the last
 * reference is dropped, so a handle that is kept too long no longer fits, until 32,768 further
 * leases of the block have passed.
 */
export const NO_BLOCK = -1;

const BLOCK_BITS = 16;
const LOW_MASK = 0xffff;
const GENERATION_MASK = 0x7fff;

/** Most references to one block at a time. */
export const MAX_REFERENCES = LOW_MASK;

export function blockOf(handle: number): number {
  return handle & LOW_MASK;
}

export function referencesOf(state: number): number {
  return state & LOW_MASK;
}

/** Whether a handle was made in the generation of a state. */
export function fits(handle: number, state: number): boolean {
  return handle >>> BLOCK_BITS === state >>> BLOCK_BITS;
}

/** The state of a block that the holder of a handle alone refers to. */
export function heldOnce(handle: number): number {
  return (handle & ~LOW_MASK) | 1;
}

/**
 * The state of a block whose last reference is dropped: the next generation, and nobody refers to
 * it.
 */
export function freed(state: number): number {
  return (((state >>> BLOCK_BITS) + 1) & GENERATION_MASK) << BLOCK_BITS;
}

/** The handle that a block has in its next lease. */
export function nextLease(handle: number): number {
  return freed(handle) | blockOf(handle);
}
