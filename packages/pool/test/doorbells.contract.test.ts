// Tests of doorbells: who is woken, and when.
import { Doorbells } from '@hioload/pool';
import { bellLayout } from '@hioload/pool/internal';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const nothing = (): boolean => false;
const code = (expected: string): unknown =>
  expect.objectContaining({ name: 'HioloadError', code: expected });
/** Keeps the event loop alive, because an armed bell does not. */
async function within<T>(promise: Promise<T>): Promise<T> {
  const keepAlive = setInterval(() => undefined, 1_000);
  try {
    return await promise;
  } finally {
    clearInterval(keepAlive);
  }
}

describe('Doorbells', () => {
  it('rings for no thread that is awake', () => {
    const bells = Doorbells.create(2);
    expect([bells.ring(0), bells.ring(1)]).toEqual([false, false]);
  });

  it('does not let a thread sleep while there is work', () => {
    const bells = Doorbells.create(1);
    const sleeper = bells.sleeper(0);
    expect(sleeper.sleep(() => true)).toBe('work');
    expect(sleeper.arm(() => true, nothing)).toBe(false);
    expect(bells.ring(0)).toBe(false);
  });

  it('ends a sleep after its time', () => {
    const bells = Doorbells.create(1);
    expect(bells.sleeper(0).sleep(nothing, 1)).toBe('timed-out');
    expect(bells.ring(0)).toBe(false);
  });

  it('does not sleep if a ring comes between the last look and the sleep', () => {
    const bells = Doorbells.create(1);
    const outcome = bells.sleeper(0).sleep(() => {
      expect(bells.ring(0)).toBe(true);
      return false;
    });
    expect(outcome).toBe('rang');
  });

  it('calls an event loop back once for any number of arms and rings', async () => {
    const bells = Doorbells.attach(Doorbells.create(3).region);
    const sleeper = bells.sleeper(2);
    let woken = 0;
    const rang = new Promise<void>((resolve) => {
      for (let i = 0; i < 3; i++)
        expect(sleeper.arm(nothing, () => (woken++, resolve()))).toBe(true);
    });
    expect([bells.ring(1), bells.ring(2), bells.ring(2)]).toEqual([false, true, false]);
    await within(rang);
    await new Promise(setImmediate);
    expect(woken).toBe(1);
  });

  it('stays armed through a time in which nobody needs to ring', async () => {
    const bells = Doorbells.create(1);
    const sleeper = bells.sleeper(0);
    const rang = new Promise<void>((resolve) => sleeper.arm(nothing, resolve));
    sleeper.wake();
    expect(bells.ring(0)).toBe(false);
    sleeper.arm(nothing, () => expect.fail('the first call-back is kept'));
    expect(bells.ring(0)).toBe(true);
    await within(rang);
  });

  it('wakes a sleeper after a thread died between taking and ringing its bell', async () => {
    const bells = Doorbells.create(1);
    const roused = new Promise<void>((resolve) => bells.sleeper(0).arm(nothing, resolve));
    const { ASLEEP, AWAKE, bellOf } = bellLayout;
    Atomics.compareExchange(new Int32Array(bells.region.buffer), bellOf(0), ASLEEP, AWAKE);
    expect(bells.ring(0)).toBe(false);
    bells.rouse(0);
    await within(roused);
  });

  it('wakes a thread that blocks', async () => {
    const bells = Doorbells.create(1);
    const worker = new Worker(new URL('sleeping-thread.mjs', import.meta.url), {
      workerData: bells.region,
    });
    await once(worker, 'message');
    // The thread says so before it sleeps. Only a ring that finds it asleep counts.
    while (!bells.ring(0)) await new Promise(setImmediate);
    expect((await once(worker, 'message'))[0]).toBe('rang');
  });

  it.each([0, 4_097, 1.5])('refuses %s sleepers', (sleepers) => {
    expect(() => Doorbells.create(sleepers)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });

  it('refuses a sleeper number that does not exist', () => {
    expect(() => Doorbells.create(2).sleeper(2)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });
});
