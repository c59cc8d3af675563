// What uWebSockets.js does with time limits, for the test of exemptions.
import { ConnState } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { frame, head, Op, type RawClient } from '@hioload/test-support/wire';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { connectTo, openPair, type Pins, serveOn } from './stage.js';

/** What has no clock, or a coarse one. */
export const CLOCK_PINS: Pins = {
  'message-assembly-unbounded': async () => {
    // Nothing is set by which a message would have to be complete: the only clock is the idle
    // timeout, and every fragment winds it up again.
    const { client, conn } = await openPair({ limits: { idleTimeoutSeconds: 8 } });
    client.write(frame(Op.Text, 'a', { fin: false }));
    for (let i = 0; i < 13; i++) {
      await delay(1_000);
      client.write(frame(Op.Continuation, 'b', { fin: false }));
    }
    expect(client.isEnded).toBe(false);
    expect(conn.state).toBe(ConnState.Open);
  },

  'close-answer-not-awaited': async () => {
    const { client, conn, closes } = await openPair({
      allowHalfOpen: true,
      limits: { idleTimeoutSeconds: 8 },
    });
    let isCut = false;
    client.socket.on('close', () => (isCut = true));
    conn.end(1000);
    expect(closes).toEqual([1000]);
    await eventually(
      'the close frame and the end of the stream',
      () => client.isEnded && client.frames.length === 1,
    );
    // The peer never answers; that it is cut shows where its bytes are refused.
    const writing = setInterval(() => client.write('x'), 100);
    await eventually('the cut', () => isCut, 25_000);
    clearInterval(writing);
  },

  'idle-timeout-coarse': async () => {
    const count = 8;
    const stepMs = 400;
    const cutMs: number[] = [];
    const server = await serveOn(
      { close: () => void cutMs.push(performance.now()) },
      { limits: { idleTimeoutSeconds: 8 } },
    );
    const clients: RawClient[] = [];
    for (let i = 0; i < count; i++) {
      const client = connectTo(server);
      clients.push(client);
      client.write(head());
      await client.answer();
      await delay(stepMs);
    }
    await eventually('all are cut', () => cutMs.length === count, 25_000);
    // Opened one after the other, they are cut together: as many moments as there are ticks.
    const moments = cutMs.filter((ms, i) => i === 0 || ms - cutMs[i - 1]! > stepMs / 2);
    expect(moments.length).toBeLessThan(count);
    // Each was sent a ping, and no close frame.
    for (const client of clients) expect(client.frames).toMatchObject([{ opcode: Op.Ping }]);
  },
};
