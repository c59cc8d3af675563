// Tests of a keeper whose reactors cannot be started again at once.
import { HioloadError } from '@hioload/api';
import { FakeClock, FakeLogger } from '@hioload/fake';
import { AdmissionTable } from '@hioload/pool';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/backoff.js';
import { ReactorKeeper } from '../../src/supervisor/reactor-keeper.js';
import type { ReactorEnd, ReactorThread } from '../../src/supervisor/reactor-thread.js';

/** A thread that is ready at once on a port, and ends when told. */
function makeThread(port: number): { thread: ReactorThread; die(): void } {
  let end!: (end: ReactorEnd) => void;
  const ended = new Promise<ReactorEnd>((resolve) => {
    end = resolve;
  });
  const thread = { row: 0, ready: Promise.resolve(port), ended } as unknown as ReactorThread;
  const error = new HioloadError('HIOLOAD_REACTOR_START_FAILED', 'reactor 0: died');
  return { thread, die: () => end({ thread, error }) };
}

function makeKeeper(spawn: (port: number) => ReactorThread): {
  readonly keeper: ReactorKeeper;
  readonly clock: FakeClock;
  readonly log: FakeLogger;
  readonly left: number[];
} {
  const clock = new FakeClock();
  const log = new FakeLogger();
  const left: number[] = [];
  const keeper = new ReactorKeeper({
    pinned: true,
    place: { reactor: 0, cpus: [0], node: 0 },
    clock,
    log,
    backoff: new Backoff(() => 0),
    admission: new AdmissionTable(2),
    bus: {
      leave: (row) => {
        left.push(row);
        return 0;
      },
    },
    heapMb: 64,
    drain: { spreadMs: 0, deadlineMs: 0 },
    spawn,
    verify: () => undefined,
  });
  return { keeper, clock, log, left };
}

/** Lets what waits for promises go on. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a keeper', () => {
  it('starts its reactor again until a thread can be bound', async () => {
    const first = makeThread(9);
    const second = makeThread(9);
    const outcomes = [
      () => first.thread,
      () => {
        throw new HioloadError('HIOLOAD_AFFINITY_FAILED', 'taskset has gone');
      },
      () => second.thread,
    ];
    const { keeper, clock, log, left } = makeKeeper(() => outcomes.shift()!());
    expect(await keeper.start(0)).toBe(9);
    first.die();
    await turn();
    clock.advance(60_000);
    await turn();
    expect(keeper.lastError).toBe('taskset has gone');
    expect(log.lines.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^reactor 0 failed and starts again in \d+ ms: taskset has gone$/),
    );
    // The seat of the dead reactor, and the seat of the one that had no thread.
    expect(left).toEqual([0, 0]);
    clock.advance(60_000);
    await turn();
    expect(keeper.current).toBe(second.thread);
  });

  it('gives each successor the requested port if the first reactor has no port', async () => {
    const ports: number[] = [];
    const threads = [makeThread(0), makeThread(0)];
    const { keeper, clock } = makeKeeper((port) => threads[ports.push(port) - 1]!.thread);
    expect(await keeper.start(7)).toBe(0);
    threads[0]!.die();
    await turn();
    clock.advance(60_000);
    await turn();
    expect(ports).toEqual([7, 7]);
  });
});
