// Tests of the fan-out load on two threads.
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFrameServer } from './frame-server.js';
import { runModule } from './run-bench.js';

const SLOW = { timeout: 60_000 };
/** Right frames that each subscriber gets before the fault. */
const GOOD = 100;
/** After this number of messages, the load runs on both threads. */
const BOTH_GOOD = 2 * GOOD;

/** Makes the wrong frame that is sent instead of `frame`. */
type Wrong = (frame: Buffer) => Buffer;

const same: Wrong = (frame) => frame;
const nothing: Wrong = () => Buffer.alloc(0);
const altered: Wrong = (frame) => {
  const copy = Buffer.from(frame);
  copy[40]! ^= 1;
  return copy;
};

/**
 * Runs a load against a server that sends wrong frames to the subscriber that connected first (0)
 * or second (1), and returns the verdict.
 * @param messages the number after which the run ends if there is no fault
 */
async function verdict(
  wrong: Wrong,
  whom: number,
  messages: number,
  settleMs: number,
): Promise<string> {
  const server = await startFrameServer((frames, count, publisher, sockets) => {
    const subscribers = [...sockets].filter((socket) => socket !== publisher);
    for (const [index, socket] of subscribers.entries()) {
      const sent = frames.map((frame, place) =>
        index === whom && count + place >= GOOD ? wrong(frame) : frame,
      );
      socket.write(Buffer.concat(sent));
    }
  });
  onTestFinished(() => server.close());
  const run = runModule(
    'test/fixtures/load-on-threads.mjs',
    [server.port, messages, settleMs].map(String),
  );
  expect(await run.ended, run.output.err).toBe(0);
  expect(run.alive()).toEqual([]);
  return run.output.out;
}

/**
 * The verdicts for faults towards the first and towards the second subscriber. Each subscriber has
 * a thread of its own.
 */
async function verdicts(wrong: Wrong, messages: number, settleMs: number): Promise<string[]> {
  return [
    await verdict(wrong, 0, messages, settleMs),
    await verdict(wrong, 1, messages, settleMs),
  ].toSorted();
}

describe('FanOutGenerator on two threads', () => {
  it('counts every message while the subscribers of both threads get all', SLOW, async () => {
    const received = Number(
      /^received (\d+)\n$/.exec(await verdict(same, 0, 10 * BOTH_GOOD, 20_000))?.[1],
    );
    expect(received).toBeGreaterThanOrEqual(10 * BOTH_GOOD);
    expect(received % 2).toBe(0);
  });

  it('notices an altered octet on either thread', SLOW, async () => {
    const [first, second] = await verdicts(altered, Infinity, 20_000);
    expect(first).toMatch(/^LoadFault: subscriber 0: octet 40 of the frame of message \d is /);
    expect(second).toMatch(/^LoadFault: subscriber 1: octet 40 of the frame of message \d is /);
  });

  it('stops when one subscriber gets nothing, and names it, on either thread', SLOW, async () => {
    const [first, second] = await verdicts(nothing, BOTH_GOOD, 300);
    expect(first).toMatch(
      /^LoadFault: subscriber 0: [1-4] messages are lost: nothing came for 0.3 s\n$/,
    );
    expect(second).toMatch(
      /^LoadFault: subscriber 1: [1-4] messages are lost: nothing came for 0.3 s\n$/,
    );
  });
});
