/** The two words of a cell and what its two threads saw, one cell per trial. */
export const CELL_WORDS = 4;
export const X = 0;
export const Y = 1;
export const FIRST_SAW = 2;
export const SECOND_SAW = 3;
export const CELLS = 1_024;

/** What each thread does with a cell; the second word of the result says which thread it is. */
export type LitmusName = 'publish' | 'store then look' | 'plain store then look';

/** How a test is set up in memory: cells, then the round's barrier. */
export const BARRIER = CELLS * CELL_WORDS;
export const LITMUS_WORDS = BARRIER + 32;
