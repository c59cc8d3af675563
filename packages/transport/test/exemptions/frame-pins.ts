// What uWebSockets.js does with invalid frames, for the test of exemptions.
import { closedMetric, type ConnectionHandlers, ConnState, Metric, SendStatus } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { closeFrame, frame, Op } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { openPair, type Pins } from './stage.js';

/** What becomes of frames that break a rule. */
export const FRAME_PINS: Pins = {
  'mask-bit-unchecked': async () => {
    const { client, conn, messages } = await openPair();
    client.write(Buffer.from([0x81, 0x05, ...Buffer.from('abcdo')]));
    client.write(Buffer.from('abcd').map((byte, i) => byte ^ 'bcda'.charCodeAt(i)));
    await eventually('a message', () => messages.length > 0);
    expect(messages[0]).toHaveLength(5);
    expect(conn.state).toBe(ConnState.Open);
  },

  'partial-messages-unshared': async () => {
    const { server, client, messages, closes } = await openPair({
      limits: { maxHeldBytes: 1_048_576, maxHeldBytesPerAddress: 65_536 },
    });
    const message = frame(Op.Text, 'x'.repeat(900_000));
    client.write(message.subarray(0, 800_000));
    client.write(message.subarray(800_000));
    await eventually('the message', () => messages.length === 1);
    expect(closes).toEqual([]);
    expect(server.metric(Metric.ConnectionsShed)).toBe(0);
    expect(server.metric(Metric.HeldBytes)).toBe(0);
  },

  'length-form-unchecked': async () => {
    const { client, messages } = await openPair();
    client.write(Buffer.from([0x81, 0xfe, 0, 2, 0, 0, 0, 0, 0x68, 0x69]));
    client.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0x68, 0x6f]));
    await eventually('both messages', () => messages.length === 2);
    expect(messages).toEqual(['hi', 'ho']);
  },

  'one-byte-close-payload': async () => {
    const { client, closes } = await openPair();
    client.write(frame(Op.Close, 'x'));
    await client.ended();
    expect(closes).toEqual([1005]);
    expect(client.frames).toMatchObject([{ opcode: Op.Close, payload: Buffer.alloc(0) }]);
  },

  'close-codes-above-1011': async () => {
    for (const code of [1012, 1013, 1014, 3000, 3999]) {
      const { client, closes } = await openPair();
      client.write(closeFrame(code));
      await client.ended();
      expect(closes).toEqual([1006]);
      expect(client.frames).toMatchObject([{ opcode: Op.Close, payload: Buffer.alloc(0) }]);
    }
  },

  'invalid-close-answered-empty': async () => {
    const invalid = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map((code) =>
      closeFrame(code),
    );
    const notUtf8 = frame(Op.Close, Buffer.from([0x03, 0xe8, 0xff]));
    for (const bytes of [...invalid, notUtf8]) {
      const { client, closes } = await openPair();
      client.write(bytes);
      await client.ended();
      expect(closes).toEqual([1006]);
      expect(client.frames).toMatchObject([{ opcode: Op.Close, payload: Buffer.alloc(0) }]);
    }
  },

  'no-close-frame': async () => {
    const broken: readonly Uint8Array[] = [
      frame(Op.Binary, Buffer.alloc(1_001)),
      frame(Op.Text, Buffer.from([0xff])),
      frame(0x40 | Op.Text, 'rsv1'),
      frame(3, 'unknown opcode'),
      frame(Op.Continuation, 'nothing to continue'),
      Buffer.concat([frame(Op.Text, 'a', { fin: false }), frame(Op.Text, 'b')]),
      frame(Op.Ping, '', { fin: false }),
      frame(Op.Ping, Buffer.alloc(126)),
      Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
    ];
    for (const bytes of broken) {
      const { server, client, closes, messages } = await openPair({
        limits: { maxPayloadBytes: 1_000 },
      });
      client.write(bytes);
      await client.ended();
      expect(client.frames).toEqual([]);
      expect(closes).toEqual([1006]);
      expect(messages).toEqual([]);
      expect(server.metric(closedMetric(1006))).toBe(1);
    }
  },

  'replies-lost-before-bad-frame': async () => {
    const statuses: SendStatus[] = [];
    const handlers: ConnectionHandlers = {
      message: (conn, message) => void statuses.push(conn.send(message)),
    };
    const { server, client, closes } = await openPair({ handlers });
    client.write(frame(Op.Text, 'alone'));
    await eventually('the reply', () => client.frames.length === 1);
    client.write(
      Buffer.concat([frame(Op.Text, 'a'), frame(Op.Binary, 'b'), frame(3, 'unknown opcode')]),
    );
    await client.ended();
    expect(client.frames).toHaveLength(1);
    expect(statuses).toEqual([SendStatus.Sent, SendStatus.Sent, SendStatus.Sent]);
    expect(server.metric(Metric.MessagesOut)).toBe(3);
    expect(closes).toEqual([1006]);
  },

  'utf8-checked-at-end': async () => {
    const { client, closes } = await openPair();
    client.write(frame(Op.Text, Buffer.from([0xff]), { fin: false }));
    client.write(frame(Op.Ping));
    await eventually('the pong', () => client.frames.length === 1);
    expect(closes).toEqual([]);
    client.write(frame(Op.Continuation, 'a'));
    await client.ended();
    expect(closes).toEqual([1006]);
  },

  'fragments-unbounded': async () => {
    const { client, messages } = await openPair();
    const more = Array.from({ length: 5_000 }, () => frame(Op.Continuation, '', { fin: false }));
    client.write(
      Buffer.concat([frame(Op.Text, 'a', { fin: false }), ...more, frame(Op.Continuation, 'z')]),
    );
    await eventually('the message', () => messages.length === 1);
    expect(messages).toEqual(['az']);
  },

  'binary-inside-message': async () => {
    const { client, messages } = await openPair();
    client.write(frame(Op.Text, 'a', { fin: false }));
    client.write(frame(Op.Binary, 'b', { fin: false }));
    client.write(frame(Op.Continuation, 'c'));
    await eventually('the message', () => messages.length === 1);
    expect(messages).toEqual(['abc']);
  },

  'fragments-summed-late': async () => {
    const { client, messages } = await openPair({ limits: { maxPayloadBytes: 1_000 } });
    client.write(frame(Op.Binary, Buffer.alloc(900), { fin: false }));
    const last = frame(Op.Continuation, Buffer.alloc(101));
    client.write(last.subarray(0, 6));
    client.write(frame(Op.Ping));
    client.write(Buffer.alloc(50));
    expect(client.isEnded).toBe(false);
    client.write(Buffer.alloc(200));
    await client.ended();
    expect(messages).toEqual([]);
  },
};
