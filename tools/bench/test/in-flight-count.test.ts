import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InFlightCount } from '../src/load/in-flight-count.js';

describe('InFlightCount', () => {
  it('holds a message in flight until the last subscriber has it', () => {
    const count = new InFlightCount(2, 3);
    count.sent(2);
    expect([count.received(0, 2), count.received(1, 1), count.inFlight]).toEqual([0, 0, 2]);
    expect([count.received(2, 1), count.inFlight]).toEqual([1, 1]);
    count.sent(1);
    expect([count.received(0, 1), count.received(2, 2), count.received(1, 2)]).toEqual([0, 0, 2]);
    expect(count.inFlight).toBe(0);
  });

  it('does as one that keeps the number of each subscriber does, whatever the order', () => {
    const steps = fc.array(fc.record({ subscriber: fc.nat(3), messages: fc.integer({ min: 1, max: 5 }) }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (capacity, turns) => {
        const count = new InFlightCount(capacity, 4);
        const has = [0, 0, 0, 0];
        count.sent(capacity);
        let sent = capacity;
        for (const { subscriber, messages } of turns) {
          const before = Math.min(...has);
          const possible = Math.min(messages, sent - has[subscriber]!);
          has[subscriber]! += possible;
          const complete = count.received(subscriber, possible);
          expect(complete).toBe(Math.min(...has) - before);
          count.sent(complete);
          sent += complete;
          expect(count.inFlight).toBe(sent - Math.min(...has));
        }
      }),
    );
  });

  it('refuses more than it has room for', () => {
    const count = new InFlightCount(2, 1);
    expect(() => count.sent(3)).toThrow('3 messages in flight; at most 2 may be');
  });
});
