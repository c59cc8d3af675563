// Tests of the pump that reads the lanes of a reactor when there is work.
import { IdleStep, type IdleStrategy } from '@hioload/api';
import { FakeIdleStrategy } from '@hioload/fake';
import { Doorbells } from '@hioload/pool';
import { afterEach, describe, expect, it } from 'vitest';
import { LanePump } from '../../src/bus/lane-pump.js';

let pump: LanePump;
afterEach(() => pump.stop());

const turn = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function start(idle: IdleStrategy): {
  readonly bells: Doorbells;
  give(pieces: number): void;
  turns(): number;
} {
  const bells = Doorbells.create(1);
  let waiting = 0;
  let turns = 0;
  pump = new LanePump({
    idle,
    sleeper: bells.sleeper(0),
    hasWork: () => waiting > 0,
    work: () => {
      turns++;
      const done = Math.min(waiting, 2);
      waiting -= done;
      return done;
    },
  });
  pump.start();
  return { bells, give: (pieces) => void (waiting += pieces), turns: () => turns };
}

describe('a pump', () => {
  it('sleeps without work until somebody rings, and then works until there is none', async () => {
    const idle = new FakeIdleStrategy();
    const { bells, give, turns } = start(idle);
    await turn();
    expect(turns()).toBe(1);
    give(5);
    await turn();
    expect(turns()).toBe(1);
    expect(bells.ring(0)).toBe(true);
    while (idle.handled.length < 4) await turn();
    await turn();
    expect(idle.handled).toEqual([0, 2, 2, 1]);
    expect(bells.ring(0)).toBe(true);
  });

  it('does not sleep while its strategy looks for more', async () => {
    const idle = new FakeIdleStrategy();
    idle.step = IdleStep.Again;
    const { bells, turns } = start(idle);
    for (let i = 0; i < 5; i++) await turn();
    expect(turns()).toBeGreaterThanOrEqual(5);
    expect(bells.ring(0)).toBe(false);
  });

  it('does nothing more once it is stopped, rung at or not', async () => {
    const { bells, give, turns } = start(new FakeIdleStrategy());
    await turn();
    pump.stop();
    pump.stop();
    give(1);
    bells.rouse(0);
    await turn();
    await turn();
    expect(turns()).toBe(1);
  });
});
