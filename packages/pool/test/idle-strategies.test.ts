// Tests of the idle strategies: spin, park and adaptive.
import { idleStrategy } from '@hioload/pool';
import { describe, expect, it } from 'vitest';

describe('idleStrategy', () => {
  it('spin never parks, and park parks as soon as there is no work', () => {
    const [spin, park] = [idleStrategy('spin'), idleStrategy('park')];
    expect([spin.next(0), spin.next(0), park.next(1), park.next(0)]).toEqual([
      'again',
      'again',
      'again',
      'park',
    ]);
  });

  it('adaptive parks after a time without work, counted from the first idle pass', () => {
    let nowMs = 0;
    const adaptive = idleStrategy('adaptive', { spinMicroseconds: 2_000, now: () => nowMs });
    const steps = [0, 1, 2].map((ms) => ((nowMs = ms), adaptive.next(0)));
    expect(steps).toEqual(['again', 'again', 'park']);
    expect(adaptive.next(3)).toBe('again');
    nowMs = 10;
    expect(adaptive.next(0)).toBe('again');
    nowMs = 12;
    expect(adaptive.next(0)).toBe('park');
  });

  it.each([-1, Number.NaN, 1_000_001])(
    'refuses to spin for %s microseconds',
    (spinMicroseconds) => {
      expect(() => idleStrategy('adaptive', { spinMicroseconds })).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
      );
    },
  );
});
