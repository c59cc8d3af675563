// Tests of the watch over stalled reactors.
import type { Clock } from '@hioload/api';
import { Heartbeat } from '@hioload/pool';
import { expect, it } from 'vitest';
import type { ReactorThread } from '../../src/supervisor/reactor-thread.js';
import { StallWatch } from '../../src/supervisor/stall-watch.js';

const noClock: Clock = { now: () => 0, after: () => () => undefined };

function thread(index: number): ReactorThread & { readonly heartbeat: Heartbeat } {
  return { index, heartbeat: new Heartbeat() } as ReactorThread & { readonly heartbeat: Heartbeat };
}

it('logs once that a loop stands still, and logs its recovery', () => {
  const [alive, dead] = [thread(0), thread(1)];
  const told: string[] = [];
  const watch = new StallWatch(noClock, () => [alive, dead], {
    limitMs: 4_000,
    onChange: ({ index }, stalled) => told.push(`${index} ${stalled ? 'stalled' : 'turns'}`),
    onLimit: ({ index }) => told.push(`${index} at the limit`),
  });
  const looks = (count: number): void => {
    for (let i = 0; i < count; i++) {
      alive.heartbeat.beat();
      watch.look();
    }
  };
  looks(3);
  expect(told).toEqual([]);
  looks(1);
  expect(told).toEqual(['1 stalled']);
  expect([watch.stalledMs(alive), watch.stalledMs(dead)]).toEqual([0, 600]);
  looks(16);
  expect(told).toEqual(['1 stalled']);
  looks(20);
  expect(told).toEqual(['1 stalled', '1 at the limit']);
  told.length = 1;
  dead.heartbeat.beat();
  looks(1);
  expect(told).toEqual(['1 stalled', '1 turns']);
});

it('does not report a reactor that has not started or has ended', () => {
  const unborn = { index: 0, heartbeat: undefined } as ReactorThread;
  let threads = [unborn];
  const watch = new StallWatch(noClock, () => threads, {
    limitMs: 1_000,
    onChange: () => expect.unreachable(),
    onLimit: () => expect.unreachable(),
  });
  for (let i = 0; i < 20; i++) watch.look();
  const gone = thread(1);
  threads = [gone];
  watch.look();
  threads = [];
  for (let i = 0; i < 20; i++) watch.look();
  expect(watch.stalledMs(gone)).toBe(0);
});
