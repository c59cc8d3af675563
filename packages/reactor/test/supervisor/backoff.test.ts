import { describe, expect, it } from 'vitest';
import { RestartBackoff } from '../../src/supervisor/backoff.js';

const times = { firstMs: 100, capMs: 1_000, healthyMs: 60_000 };

describe('RestartBackoff', () => {
  it('doubles up to the cap, between the half and the whole of each step', () => {
    const least = new RestartBackoff(times, () => 0);
    expect([1, 2, 3, 4, 5, 6].map(() => least.next(0))).toEqual([50, 100, 200, 400, 500, 500]);
    const most = new RestartBackoff(times, () => 1 - Number.EPSILON);
    expect([1, 2, 3, 4, 5, 6].map(() => most.next(0))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('starts over after a healthy run, and not after a shorter one', () => {
    const backoff = new RestartBackoff(times, () => 0);
    backoff.next(0);
    expect(backoff.next(times.healthyMs - 1)).toBe(100);
    expect(backoff.next(times.healthyMs)).toBe(50);
  });

  it('does not overflow after years of failures', () => {
    const backoff = new RestartBackoff(times, () => 0);
    for (let i = 0; i < 5_000; i++) backoff.next(0);
    expect(backoff.next(0)).toBe(500);
  });
});
