/**
 * The words of a cell, one cell per trial: what the two threads share, and what each of them saw.
 */
export const CELL_WORDS = 4;
export const X = 0;
export const Y = 1;
export const FIRST_SAW = 2;
export const SECOND_SAW = 3;
export const CELLS = 1_024;

/** How a test is set up in memory: cells, then the round's barrier. */
export const BARRIER = CELLS * CELL_WORDS;
export const LITMUS_WORDS = BARRIER + 32;

/**
 * A test of two threads: what the pair of what they saw may be, and what it must not. Together all
 * that there can be.
 */
export interface Litmus {
  readonly about: string;
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

/**
 * What the structures stand on. Each outcome is what the first thread saw, then what the second
 * did.
 */
export const LITMUS = {
  publish: {
    about: 'whoever sees the flag sees the bytes that were written before it',
    // No flag, with the bytes or without; the flag with the bytes.
    allowed: ['0,0', '0,1', '1,1'],
    forbidden: ['1,0'],
  },
  'hand back': {
    about: 'whoever hands a slot back has read it before the next writer writes',
    // The old bytes; those of the next writer, which saw the slot free, would be a record
    // overwritten under its reader.
    allowed: ['1,0', '1,1'],
    forbidden: ['2,0', '2,1'],
  },
  'link and fetch': {
    about: 'whoever takes a list by exchange sees the link that was written before it was shown',
    // Taken before it was shown, or after, and then with the link.
    allowed: ['1,0', '1,7'],
    forbidden: ['1,-1', '0,0', '0,7'],
  },
  'store then look': {
    about: 'of two that store and then look, at least one sees the other',
    allowed: ['0,1', '1,0', '1,1'],
    forbidden: ['0,0'],
  },
  'set a bit, then look': {
    about:
      'of two that set their bits of one word, neither is lost, and at least one sees the other',
    allowed: ['1,3', '3,2', '3,3'],
    forbidden: ['1,2'],
  },
  'two claims': {
    about: 'of two that claim one sequence by exchange, one has it',
    allowed: ['0,1', '1,0'],
    forbidden: ['0,0', '1,1'],
  },
  'plain store then look': {
    about:
      'without Atomics nothing is promised: a machine with a store buffer shows both missing ' +
      'each other',
    allowed: ['0,0', '0,1', '1,0', '1,1'],
    forbidden: [],
  },
} as const satisfies Record<string, Litmus>;
export type LitmusName = keyof typeof LITMUS;
