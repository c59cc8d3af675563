import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ACTORS, play } from './actors.js';
import { meet } from './meet.js';
import { CELL_WORDS, CELLS, FIRST_SAW, LITMUS_WORDS, type LitmusName, SECOND_SAW } from './outcomes.js';

const ROUNDS = 300;
type Counts = Record<string, number>;

/** Plays a test on two threads, and counts how often each outcome was seen: what the first saw, then the second. */
async function outcomesOf(name: LitmusName): Promise<Counts> {
  const buffer = new SharedArrayBuffer(LITMUS_WORDS * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(buffer);
  const entry = new URL('second-thread.ts', import.meta.url).href;
  const boot = new URL('../stress/boot.mjs', import.meta.url);
  const worker = new Worker(boot, { workerData: { entry, buffer, name, rounds: ROUNDS } });
  await once(worker, 'message');
  const ended = once(worker, 'exit');
  const counts: Counts = { '0,0': 0, '0,1': 0, '1,0': 0, '1,1': 0 };
  for (let round = 0; round < ROUNDS; round++) {
    words.fill(0, 0, CELLS * CELL_WORDS);
    meet(words, 2 * round);
    play(words, ACTORS[name][0], CELLS);
    meet(words, 2 * round + 1);
    for (let cell = 0; cell < CELLS * CELL_WORDS; cell += CELL_WORDS) {
      counts[`${words[cell + FIRST_SAW]},${words[cell + SECOND_SAW]}`]!++;
    }
  }
  await ended;
  return counts;
}

/** Outcomes that were seen although they are forbidden, with their counts. */
const forbiddenIn = (counts: Counts, ...forbidden: string[]): [string, number][] =>
  Object.entries(counts).filter(([outcome, count]) => forbidden.includes(outcome) && count > 0);

describe('between two threads', () => {
  it('whoever sees the flag sees the bytes that were written before it', async () => {
    const counts = await outcomesOf('publish');
    // Allowed: no flag, with the bytes or without; the flag with the bytes.
    expect(forbiddenIn(counts, '1,0')).toEqual([]);
  });

  it('of two that store and then look, at least one sees the other', async () => {
    const counts = await outcomesOf('store then look');
    expect(forbiddenIn(counts, '0,0')).toEqual([]);
    expect(counts['0,1']! + counts['1,0']! + counts['1,1']!).toBe(ROUNDS * CELLS);
  });

  it('each trial has one of the four outcomes where nothing is promised', async () => {
    const counts = await outcomesOf('plain store then look');
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(ROUNDS * CELLS);
    process.stdout.write(`without Atomics, of ${ROUNDS * CELLS} trials: ${JSON.stringify(counts)}\n`);
  });
});
