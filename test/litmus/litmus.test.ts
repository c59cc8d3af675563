// Litmus tests of the memory model: outcomes that two threads may see.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ACTORS, play } from './actors.js';
import { meet } from './meet.js';
import {
  CELL_WORDS,
  CELLS,
  FIRST_SAW,
  LITMUS,
  LITMUS_WORDS,
  type Litmus,
  type LitmusName,
  SECOND_SAW,
} from './outcomes.js';

const ROUNDS = 300;
type Counts = Record<string, number>;

/**
 * Plays a test on two threads, and counts how often each outcome was seen: what the first saw, then
 * the second.
 */
async function outcomesOf(name: LitmusName): Promise<Counts> {
  const buffer = new SharedArrayBuffer(LITMUS_WORDS * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(buffer);
  const entry = new URL('second-thread.ts', import.meta.url).href;
  const boot = new URL('../stress/boot.mjs', import.meta.url);
  const worker = new Worker(boot, { workerData: { entry, buffer, name, rounds: ROUNDS } });
  await once(worker, 'message');
  const ended = once(worker, 'exit');
  const { allowed, forbidden }: Litmus = LITMUS[name];
  const counts: Counts = Object.fromEntries(
    [...allowed, ...forbidden].map((outcome) => [outcome, 0]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    words.fill(0, 0, CELLS * CELL_WORDS);
    meet(words, 2 * round);
    play(words, ACTORS[name][0], CELLS);
    meet(words, 2 * round + 1);
    for (let cell = 0; cell < CELLS * CELL_WORDS; cell += CELL_WORDS) {
      const outcome = `${words[cell + FIRST_SAW]},${words[cell + SECOND_SAW]}`;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  }
  await ended;
  return counts;
}

describe('between two threads', () => {
  it.each(Object.entries(LITMUS) as [LitmusName, Litmus][])(
    '%s',
    async (name, { about, allowed }) => {
      const counts = await outcomesOf(name);
      process.stdout.write(`${name}: ${about}: ${JSON.stringify(counts)}\n`);
      // What is not listed at all is forbidden, too.
      const wrong = Object.entries(counts).filter(
        ([outcome, count]) => count > 0 && !allowed.includes(outcome),
      );
      expect(wrong, about).toEqual([]);
      expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(ROUNDS * CELLS);
    },
  );
});
