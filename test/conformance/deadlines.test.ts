// Conformance of the deadlines of handshakes, messages and closing.
import { frame, head, Op, RawClient, showFrames } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { describeConformance } from './support/conformance.js';

// What takes its time in several classes; all of it runs at once.

const DRIBBLE_MS = 100;
const SECONDS = 2;
const limits = {
  handshakeTimeoutSeconds: SECONDS,
  messageTimeoutSeconds: SECONDS,
  closeTimeoutSeconds: SECONDS,
};

describeConformance(
  'deadlines',
  ({ check, subject }) => {
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
        const startedAt = performance.now();
        const dribble = setInterval(() => client.write(octets.subarray(at, ++at)), DRIBBLE_MS);
        await client.ended(25_000);
        clearInterval(dribble);
        client.destroy();
        expect(performance.now() - startedAt).toBeGreaterThan(900 * SECONDS);
      },
      { timeoutMs: 40_000, isConcurrent: true },
    );

    check(
      'a message that never ends fails with 1008 when it has taken too long in all',
      async (server) => {
        const { recording, requestLine } = server.record();
        const client = new RawClient(server.port);
        client.write(head({ requestLine }));
        await client.answer();
        client.write(frame(Op.Text, 'once upon a time', { fin: false }));
        const startedAt = performance.now();
        const dribble = setInterval(() => {
          client.write(frame(Op.Ping));
          client.write(frame(Op.Continuation, '.', { fin: false }));
        }, DRIBBLE_MS);
        await client.ended();
        clearInterval(dribble);
        client.destroy();
        await recording.closed;
        expect(performance.now() - startedAt).toBeGreaterThan(900 * SECONDS);
        expect(showFrames(client.frames).closeCode).toBe(1008);
        expect([recording.messages, recording.closes[0]?.[0]]).toEqual([[], 1008]);
      },
      { isConcurrent: true, exemptions: ['message-assembly-unbounded'] },
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
        const writing = setInterval(() => client.write(frame(Op.Pong)), DRIBBLE_MS);
        await client.until('the cut', () => client.isGone, 30_000);
        clearInterval(writing);
        client.destroy();
        await recording.closed;
        expect([recording.messages, recording.closes]).toEqual([[], [[1000, '']]]);
      },
      { timeoutMs: 40_000, isConcurrent: true },
    );
  },
  { limits },
);
