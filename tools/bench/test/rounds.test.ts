// Tests of the alternating rounds.
import { describe, expect, it } from 'vitest';
import { byRound, type PassOutcome, runRounds } from '../src/core/rounds.js';

/** Runs rounds with outcomes from `decide`, and returns the order of the passes. */
async function run(
  arms: string[],
  rounds: number,
  attempts: number,
  decide: (arm: string) => PassOutcome<number>,
) {
  const order: string[] = [];
  const measure = (arm: string, round: number): Promise<PassOutcome<number>> => {
    order.push(`${arm}${round}`);
    return Promise.resolve(decide(arm));
  };
  return { order, passes: await runRounds({ arms, rounds, attempts, measure }) };
}

const valid = { numbers: 1, voidReason: null };

describe('runRounds', () => {
  it('runs each arm once per round, in turn forwards and backwards', async () => {
    const { order } = await run(['a', 'b', 'c'], 3, 1, () => valid);
    expect(order).toEqual(['a0', 'b0', 'c0', 'c1', 'b1', 'a1', 'a2', 'b2', 'c2']);
  });

  it('repeats a void pass at once, up to the bound', async () => {
    let voids = 0;
    const { order, passes } = await run(['a', 'b'], 1, 3, (arm) => {
      const isVoid = arm === 'b' || voids++ < 1;
      return isVoid ? { numbers: 0, voidReason: 'idle' } : valid;
    });
    expect(order).toEqual(['a0', 'a0', 'b0', 'b0', 'b0']);
    expect(passes.map(({ attempt, voidReason }) => [attempt, voidReason])).toEqual([
      [0, 'idle'],
      [1, null],
      [0, 'idle'],
      [1, 'idle'],
      [2, 'idle'],
    ]);
    expect([...byRound(passes, 'a', (numbers) => numbers)]).toEqual([[0, 1]]);
    expect(byRound(passes, 'b', (numbers) => numbers).size).toBe(0);
  });

  it('ends with the first fault', async () => {
    const measure = (arm: string): Promise<PassOutcome<number>> =>
      arm === 'b' ? Promise.reject(new Error('altered')) : Promise.resolve(valid);
    await expect(runRounds({ arms: ['a', 'b'], rounds: 5, attempts: 2, measure })).rejects.toThrow(
      'altered',
    );
  });
});
