// Test support: the cases of the deadlines of handshakes, messages and closing.
import type { FakeClock } from '@hioload/fake';
import { nextTurn } from '@hioload/test-support/waiting';
import { frame, head, Op, RawClient, showFrames } from '@hioload/test-support/wire';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { describeConformance } from './conformance.js';

const SECONDS = 2;
const limits = {
  handshakeTimeoutSeconds: SECONDS,
  messageTimeoutSeconds: SECONDS,
  closeTimeoutSeconds: SECONDS,
};
/** The least time before a cut, in milliseconds: the clocks of transports tick now and then. */
const LEAST_MS = 900 * SECONDS;

/** The time between two pieces of a peer that dribbles, in real milliseconds. */
const DRIBBLE_MS = 100;
/** The same on a clock that the cases move. The clock of the transport ticks as often. */
const STEP_MS = 250;

/** Has a peer dribble until something has happened. Resolves with the milliseconds that passed. */
async function dribble(
  clock: FakeClock | undefined,
  write: () => void,
  hasHappened: () => boolean,
): Promise<number> {
  const now = (): number => clock?.now() ?? performance.now();
  const startedAt = now();
  while (!hasHappened()) {
    write();
    if (clock === undefined) await delay(DRIBBLE_MS);
    else {
      // What was written arrives before the time moves on.
      await delay(1);
      await nextTurn();
      clock.advance(STEP_MS);
    }
  }
  return now() - startedAt;
}

/**
 * Defines the cases of the deadlines.
 * @param isClockMoved whether the cases move the clock, for each subject that takes one; otherwise
 * the cases wait for the real clock, for every subject
 */
export function describeDeadlines(isClockMoved: boolean): void {
  describeConformance(
    'deadlines',
    ({ check, clock, subject }) => {
      const settings = { timeoutMs: 40_000, isConcurrent: !isClockMoved };

      check(
        'a handshake that dribbles is cut when it has taken too long in all',
        async (server) => {
          const octets = Buffer.from(
            head({ extraLines: [`X-Slow: ${'x'.repeat(1_000)}`] }),
            'latin1',
          );
          let at = subject.exemptions.has('split-handshake-505') ? octets.indexOf('\r\n') + 2 : 1;
          const client = new RawClient(server.port);
          client.write(octets.subarray(0, at));
          const tookMs = await dribble(
            clock,
            () => client.write(octets.subarray(at, ++at)),
            () => client.isEnded,
          );
          client.destroy();
          expect(tookMs).toBeGreaterThan(LEAST_MS);
          // The peer has written only a part of its request.
          expect(at).toBeLessThan(octets.length);
        },
        settings,
      );

      check(
        'a message that never ends fails with 1008 when it has taken too long in all',
        async (server) => {
          const { recording, requestLine } = server.record();
          const client = new RawClient(server.port);
          client.write(head({ requestLine }));
          await client.answer();
          client.write(frame(Op.Text, 'once upon a time', { fin: false }));
          const tookMs = await dribble(
            clock,
            () => {
              client.write(frame(Op.Ping));
              client.write(frame(Op.Continuation, '.', { fin: false }));
            },
            () => client.isEnded,
          );
          client.destroy();
          await recording.closed;
          expect(tookMs).toBeGreaterThan(LEAST_MS);
          expect(showFrames(client.frames).closeCode).toBe(1008);
          expect([recording.messages, recording.closes[0]?.[0]]).toEqual([[], 1008]);
        },
        { ...settings, exemptions: ['message-assembly-unbounded'] },
      );

      check(
        'a peer that does not answer the close frame is cut',
        async (server) => {
          const { recording, requestLine } = server.record();
          const client = new RawClient(server.port, { allowHalfOpen: true });
          client.write(head({ requestLine }));
          await client.answer();
          recording.conn!.end(1000);
          await client.until('the close frame', () => client.frames.length === 1);
          // That the connection is gone shows where bytes of the peer are refused.
          await dribble(
            clock,
            () => client.write(frame(Op.Pong)),
            () => client.isGone,
          );
          client.destroy();
          await recording.closed;
          expect([recording.messages, recording.closes]).toEqual([[], [[1000, '']]]);
        },
        settings,
      );
    },
    { limits, isClockMoved },
  );
}
