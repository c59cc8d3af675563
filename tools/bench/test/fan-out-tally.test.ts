// Tests of the shared count of the fan-out load.
import { describe, expect, it } from 'vitest';
import { FanOutTally } from '../src/load/fan-out-tally.js';

describe('FanOutTally', () => {
  it('completes a message when the subscribers of all threads have it', () => {
    const tally = FanOutTally.create(3);
    const elsewhere = FanOutTally.attach(tally.memory);
    tally.send(8);
    expect(elsewhere.sent).toBe(8);
    tally.completed(0, 8);
    elsewhere.completed(1, 5);
    expect(tally.complete).toBe(0);
    elsewhere.completed(2, 6);
    expect([tally.complete, tally.completeOn(2)]).toEqual([5, 6]);
  });

  it('adds up the messages of all threads, past 31 bits', () => {
    const tally = FanOutTally.create(2);
    tally.reached(0, 2 ** 31 - 1);
    tally.reached(0, 1);
    FanOutTally.attach(tally.memory).reached(1, 2);
    expect(tally.received).toBe(2 ** 31 + 2);
  });
});
