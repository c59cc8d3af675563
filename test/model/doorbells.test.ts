// Tests of doorbells against their model.
import { Doorbells, type Region, type Sleeper } from '@hioload/pool';
import { bellLayout } from '@hioload/pool/internal';
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

const { ASLEEP, bellOf } = bellLayout;

const steps = fc.array(fc.constantFrom('arm', 'arm with work', 'ring', 'rouse', 'wake', 'turn'), {
  maxLength: 30,
});

/** The ends of a doorbell, as a test may replace them. */
interface Bell {
  ring(): boolean;
  readonly sleeper: Pick<Sleeper, 'arm' | 'wake'>;
}

const soundly = (bells: Doorbells): Bell => ({
  ring: () => bells.ring(0),
  sleeper: bells.sleeper(0),
});

/**
 * A ringer is told whether somebody slept, and whoever slept when it rang is called back: before
 * the next turn but one has passed, and not without a reason.
 */
async function wakesWhoSleeps(script: readonly string[], open = soundly): Promise<void> {
  const bells = Doorbells.create(1);
  const { ring, sleeper } = open(bells);
  let asleep = false;
  let calls = 0;
  let due = 0;
  const expectRing = (): void => {
    if (ring() !== asleep)
      throw new Error(`it was ${asleep ? 'asleep' : 'awake'}, and ring said otherwise`);
    if (asleep) due++;
    asleep = false;
  };
  for (const step of script) {
    if (step === 'ring') expectRing();
    else if (step === 'turn') await settle();
    else if (step === 'wake') asleep = (sleeper.wake(), false);
    else if (step === 'rouse') asleep = (bells.rouse(0), false);
    else {
      const hasWork = step === 'arm with work';
      asleep = !hasWork;
      if (
        sleeper.arm(
          () => hasWork,
          () => void calls++,
        ) === hasWork
      )
        throw new Error(`${step}: armed wrongly`);
    }
  }
  sleeper.arm(
    () => false,
    () => void calls++,
  );
  asleep = true;
  expectRing();
  await settle();
  // One call may answer several rings between two turns.
  if (calls === 0 && due > 0) throw new Error('nobody was called back');
}

/** Has what was notified run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await turn();
}

const wordsOf = ({ buffer, byteOffset }: Region): Int32Array => new Int32Array(buffer, byteOffset);

describe('Doorbells', () => {
  it('wake each sleeper, and return whether one slept', async () => {
    await fc.assert(fc.asyncProperty(steps, (script) => wakesWhoSleeps(script)));
  });

  it.each<[string, (bells: Doorbells) => Bell]>([
    [
      'do not take the bell',
      (bells) => ({
        ...soundly(bells),
        ring: () => Atomics.load(wordsOf(bells.region), bellOf(0)) === ASLEEP,
      }),
    ],
    [
      'forget to notify',
      (bells) => ({
        ...soundly(bells),
        ring: () =>
          Atomics.compareExchange(wordsOf(bells.region), bellOf(0), ASLEEP, bellLayout.AWAKE) ===
          ASLEEP,
      }),
    ],
    [
      'stay set when the sleeper wakes by itself',
      (bells) => ({
        ring: () => bells.ring(0),
        sleeper: { arm: bells.sleeper(0).arm.bind(bells.sleeper(0)), wake: () => undefined },
      }),
    ],
  ])('the property catches bells that %s', async (_, open) => {
    const property = fc.asyncProperty(steps, (script) => wakesWhoSleeps(script, open));
    expect((await fc.check(property, { numRuns: 300 })).failed).toBe(true);
  });
});
