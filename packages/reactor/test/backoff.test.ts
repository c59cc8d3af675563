// Tests of the backoff between two starts of a reactor.
import { describe, expect, it } from 'vitest';
import { Backoff } from '../src/backoff.js';

const delays = (backoff: Backoff, count: number): number[] =>
  Array.from({ length: count }, () => backoff.nextMs(0));

describe('Backoff', () => {
  it('doubles from 100 ms to 10 s at most', () => {
    expect(delays(new Backoff(() => 0.999_999), 9)).toEqual([
      100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000,
    ]);
  });

  it('goes down to half of that by chance', () => {
    expect(delays(new Backoff(() => 0), 8)).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000]);
  });

  it('stays at the cap for ever', () => {
    const backoff = new Backoff(() => 0);
    expect(delays(backoff, 5_000).at(-1)).toBe(5_000);
    expect(backoff.attempts).toBe(5_000);
  });

  it('starts over after a run of a minute', () => {
    const backoff = new Backoff(() => 0);
    delays(backoff, 4);
    expect(backoff.nextMs(59_999)).toBe(800);
    expect(backoff.nextMs(60_000)).toBe(50);
    expect(backoff.attempts).toBe(1);
  });
});
