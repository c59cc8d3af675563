// The operations of both threads in each litmus test.
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
  // The other half: the reader reads a slot that holds 1 and stores HEAD; the writer writes 2 only
  // where it sees that.
  'hand back': [
    (words, cell) => {
      words[cell + FIRST_SAW] = words[cell + X]! + 1;
      Atomics.store(words, cell + Y, 1);
    },
    (words, cell) => {
      const isFree = Atomics.load(words, cell + Y);
      if (isFree === 1) words[cell + X] = 1;
      words[cell + SECOND_SAW] = isFree;
    },
  ],
  // What blocks come home by: a plain link, shown by an exchange; the list taken by an exchange,
  // the link read.
  'link and fetch': [
    (words, cell) => {
      words[cell + X] = 7;
      words[cell + FIRST_SAW] = 1 - Atomics.compareExchange(words, cell + Y, 0, 1);
    },
    (words, cell) => {
      // -1 stands for a list whose link is not there.
      if (Atomics.exchange(words, cell + Y, 0) === 1)
        words[cell + SECOND_SAW] = words[cell + X]! || -1;
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
  // What the interest map stands on: reactors share a word, and each changes its own bit.
  'set a bit, then look': [
    (words, cell) => {
      Atomics.or(words, cell + X, 1);
      words[cell + FIRST_SAW] = Atomics.load(words, cell + X);
    },
    (words, cell) => {
      Atomics.or(words, cell + X, 2);
      words[cell + SECOND_SAW] = Atomics.load(words, cell + X);
    },
  ],
  // What a ring of many producers stands on.
  'two claims': [
    (words, cell) => {
      words[cell + FIRST_SAW] = Number(Atomics.compareExchange(words, cell + X, 0, 1) === 0);
    },
    (words, cell) => {
      words[cell + SECOND_SAW] = Number(Atomics.compareExchange(words, cell + X, 0, 1) === 0);
    },
  ],
  // The same as the doorbell without Atomics: here both may miss the other, and a machine with a
  // store buffer shows it.
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
