// Tests of the tally that adds up counts of all reactors.
import type { AppContext } from '@hioload/api';
import { FakeBus, runApp } from '@hioload/fake';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENTRIES_PER_ANNOUNCEMENT } from '../src/tally/announcement.js';
import { ANNOUNCE_DELAY_MS, BEAT_MS, SILENCE_MS, Tally } from '../src/tally/tally.js';
import { TokenBucket } from '../src/tenants/token-bucket.js';
import { pass } from './cluster.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bus = new FakeBus();
let reactors = 0;

/** Starts the tally of a new reactor. Returns it with its reported changes and its bus. */
async function startTally(): Promise<{ tally: Tally; changes: string[]; context: AppContext }> {
  const reactor = reactors++;
  const { context } = await runApp({}, { bus, reactor });
  const changes: string[] = [];
  const onChange = (key: string, total: number, before: number): void => {
    changes.push(`${key} ${before} -> ${total}`);
  };
  const tally = new Tally({ bus: context, life: `life-${reactor}`, onChange });
  tally.start();
  return { tally, changes, context };
}

describe('Tally', () => {
  it('adds up the counts of several reactors, and reports each change', async () => {
    const [first, second] = [await startTally(), await startTally()];
    first.tally.add('a', 2);
    second.tally.add('a', 3);
    pass(ANNOUNCE_DELAY_MS);
    expect([first.tally.total('a'), second.tally.total('a'), second.tally.own('a')]).toEqual([
      5, 5, 3,
    ]);
    first.tally.add('a', -2);
    pass(ANNOUNCE_DELAY_MS);
    expect(first.changes).toEqual(['a 0 -> 2', 'a 2 -> 5', 'a 5 -> 3']);
    expect(second.changes).toEqual(['a 0 -> 3', 'a 3 -> 5', 'a 5 -> 3']);
    for (const { tally } of [first, second]) tally.stop();
  });

  it('tells a newcomer all counts at once, in several pieces if needed', async () => {
    const old = await startTally();
    const keys = Array.from({ length: 2 * ENTRIES_PER_ANNOUNCEMENT + 7 }, (_, i) => `key ${i}`);
    for (const key of keys) old.tally.add(key, 1);
    pass(ANNOUNCE_DELAY_MS);
    const newcomer = await startTally();
    pass(ANNOUNCE_DELAY_MS);
    expect(keys.every((key) => newcomer.tally.total(key) === 1)).toBe(true);
    for (const { tally } of [old, newcomer]) tally.stop();
  });

  it('does not take the others for dead after it stood still itself', async () => {
    const [first, second] = [await startTally(), await startTally()];
    second.tally.add('a', 3);
    pass(ANNOUNCE_DELAY_MS);
    first.changes.length = 0;
    // The clock moves on while no timer runs.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 2 * SILENCE_MS);
    pass(BEAT_MS + ANNOUNCE_DELAY_MS);
    clock.mockRestore();
    expect([first.tally.total('a'), first.changes]).toEqual([3, []]);
    for (const { tally } of [first, second]) tally.stop();
  });

  it('forgets each count that a whole list does not hold', async () => {
    const [first, second] = [await startTally(), await startTally()];
    first.tally.add('a', 1);
    first.tally.add('b', 1);
    pass(ANNOUNCE_DELAY_MS);
    const publish = vi
      .spyOn(first.context, 'publish')
      .mockReturnValue({ reactors: 0, lanesFull: 1 });
    first.tally.add('a', -1);
    pass(ANNOUNCE_DELAY_MS);
    publish.mockRestore();
    expect(second.tally.total('a')).toBe(1);
    pass(BEAT_MS + ANNOUNCE_DELAY_MS);
    expect([second.tally.total('a'), second.tally.total('b')]).toEqual([0, 1]);
    for (const { tally } of [first, second]) tally.stop();
  });
});

describe('TokenBucket', () => {
  it('grants its rate, and never more than the tokens of a second at once', () => {
    const bucket = new TokenBucket(10);
    const granted = (): number =>
      Array.from({ length: 50 }, () => bucket.take()).filter(Boolean).length;
    expect(granted()).toBe(10);
    pass(300);
    expect(granted()).toBe(3);
    pass(60_000);
    expect(granted()).toBe(10);
  });
});
