/*
 * A handle names a block while the block has references: generation << 16 | number of the block. A
 * handle is an integer of 31 bits, so it costs no memory and fits into a record of a lane.
 *
 * The state of a block is generation << 16 | references. The generation grows when the last
 * reference is dropped. So a handle that is kept too long no longer fits, until 32,768 further
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

/** The state of a block whose only reference is that of a handle. */
export function heldOnce(handle: number): number {
  return (handle & ~LOW_MASK) | 1;
}

/**
 * The state of a block after its last reference is dropped: the next generation, without
 * references.
 */
export function freed(state: number): number {
  return (((state >>> BLOCK_BITS) + 1) & GENERATION_MASK) << BLOCK_BITS;
}

/** The handle of a block in its next lease. */
export function nextLease(handle: number): number {
  return freed(handle) | blockOf(handle);
}
