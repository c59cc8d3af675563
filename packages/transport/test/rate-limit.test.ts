// Tests of the rate limit of messages.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Allowance, RateLimit } from '../src/shared/rate-limit.js';

class Sender implements Allowance {
  credit = 0;
  tokens = 0;
  refilledAtMs = 0;
  readonly #limit: RateLimit;

  constructor(limit: RateLimit, nowMs: number) {
    this.#limit = limit;
    limit.begin(this, nowMs);
  }

  /** Whether one more message passes. */
  send(nowMs: number): boolean {
    return --this.credit >= 0 || this.#limit.renew(this, nowMs);
  }
}

function passed(sender: Sender, messages: number, nowMs: number): number {
  for (let i = 0; i < messages; i++) if (!sender.send(nowMs)) return i;
  return messages;
}

describe('RateLimit', () => {
  it.each([1, 2, 10, 100, 50_000, 10_000_000])(
    'lets a burst of %i messages through at once, and no more',
    (perSecond) => {
      expect(passed(new Sender(new RateLimit(perSecond), 5), perSecond + 1, 5)).toBe(perSecond);
    },
  );

  it('lets as many through in each second that follows', () => {
    const sender = new Sender(new RateLimit(1_000), 0);
    expect(passed(sender, 1_000, 0)).toBe(1_000);
    for (let ms = 1; ms <= 10_000; ms++) expect(sender.send(ms), `at ${ms} ms`).toBe(true);
    expect(passed(sender, 100, 10_000)).toBeLessThan(2);
  });

  it('saves up no more than a burst and its advance', () => {
    const sender = new Sender(new RateLimit(1_000), 0);
    passed(sender, 500, 0);
    expect(passed(sender, 5_000, 3_600_000)).toBeLessThanOrEqual(1_000 + 62);
  });

  it('never lets more through than a burst, the rate and an advance allow', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 300 })), {
          maxLength: 40,
        }),
        (perSecond, bursts) => {
          const sender = new Sender(new RateLimit(perSecond), 0);
          let nowMs = 0;
          let total = 0;
          for (const [waitMs, messages] of bursts) {
            nowMs += waitMs;
            total += passed(sender, messages, nowMs);
          }
          expect(total).toBeLessThanOrEqual(perSecond + (nowMs * perSecond) / 1_000 + 64);
        },
      ),
    );
  });
});
