import { CELL_WORDS, FIRST_SAW, type LitmusName, SECOND_SAW, X, Y } from './outcomes.js';

type Actor = (words: Int32Array, cell: number) => void;

/** What the two threads of a test do in each cell, at the same time. */
export const ACTORS: Readonly<Record<LitmusName, readonly [Actor, Actor]>> = {
  // What every ring stands on: plain bytes, then an atomic store; an atomic load, then plain bytes.
  publish: [
    (words, cell) => {
      words[cell + X] = 1;
      Atomics.store(words, cell + Y, 1);
    },
    (words, cell) => {
      words[cell + FIRST_SAW] = Atomics.load(words, cell + Y);
      words[cell + SECOND_SAW] = words[cell + X]!;
    },
  ],
  // What the doorbell stands on: each stores its word and then looks at the other's.
  'store then look': [
    (words, cell) => {
      Atomics.store(words, cell + X, 1);
      words[cell + FIRST_SAW] = Atomics.load(words, cell + Y);
    },
    (words, cell) => {
      Atomics.store(words, cell + Y, 1);
      words[cell + SECOND_SAW] = Atomics.load(words, cell + X);
    },
  ],
  // The same without Atomics: here both may miss the other, and a machine with a store buffer shows it.
  'plain store then look': [
    (words, cell) => {
      words[cell + X] = 1;
      words[cell + FIRST_SAW] = words[cell + Y]!;
    },
    (words, cell) => {
      words[cell + Y] = 1;
      words[cell + SECOND_SAW] = words[cell + X]!;
    },
  ],
};

/** Plays one thread's part in all cells, one after the other. */
export function play(words: Int32Array, actor: Actor, cells: number): void {
  for (let cell = 0; cell < cells * CELL_WORDS; cell += CELL_WORDS) actor(words, cell);
}
