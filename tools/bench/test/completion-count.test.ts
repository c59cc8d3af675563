// Tests of the count of messages that every subscriber has.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompletionCount } from '../src/load/completion-count.js';

describe('CompletionCount', () => {
  it('completes a message when the last subscriber has it', () => {
    const count = new CompletionCount(2, 3);
    expect([count.received(0, 2), count.received(1, 1)]).toEqual([0, 0]);
    expect(count.received(2, 1)).toBe(1);
    // The third message takes the place of the first.
    expect([count.received(0, 1), count.received(2, 2), count.received(1, 2)]).toEqual([0, 0, 2]);
  });

  it('counts as a simple model does, in any order', () => {
    const steps = fc.array(
      fc.record({ subscriber: fc.nat(3), messages: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (capacity, turns) => {
        const count = new CompletionCount(capacity, 4);
        const has = [0, 0, 0, 0];
        for (const { subscriber, messages } of turns) {
          const before = Math.min(...has);
          const possible = Math.min(messages, before + capacity - has[subscriber]!);
          has[subscriber]! += possible;
          expect(count.received(subscriber, possible)).toBe(Math.min(...has) - before);
        }
      }),
    );
  });
});
