// Tests of pings and pongs.
import { SendStatus, type WebSocketConn } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { afterEach, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;

afterEach(() => server.transport.close());

it('answers each ping with its payload, in order, and tells the hook', async () => {
  const pings: string[] = [];
  const pongs: string[] = [];
  let kept: Uint8Array | undefined;
  server = await serve({
    ping(_, payload) {
      pings.push(Buffer.from(payload).toString());
      kept ??= payload;
    },
    pong: (_, payload) => void pongs.push(Buffer.from(payload).toString()),
  });
  const client = await RawClient.open(server.port);
  const payloads = ['', 'a', 'x'.repeat(125)];
  client.write(Buffer.concat(payloads.map((payload) => frame(Op.Ping, payload))));
  client.write(frame(Op.Pong, 'unasked'));
  await eventually(
    'all frames are handled',
    () => pongs.length === 1 && client.frames.length === 3,
  );
  expect(client.frames.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual(
    payloads.map((payload) => [Op.Pong, payload]),
  );
  expect(pings).toEqual(payloads);
  expect(pongs).toEqual(['unasked']);
  expect(kept).toHaveLength(0);
  client.destroy();
});

it('sends pings of up to 125 bytes, and no longer one', async () => {
  let conn: WebSocketConn | undefined;
  server = await serve({ open: (one) => void (conn = one) });
  const client = await RawClient.open(server.port);
  for (const payload of [undefined, '', 'hi', new Uint8Array(125), new SharedArrayBuffer(2)]) {
    expect(conn!.ping(payload)).toBe(SendStatus.Sent);
  }
  for (const payload of [
    'x'.repeat(126),
    'é'.repeat(63),
    new Uint8Array(126),
    new ArrayBuffer(126),
  ]) {
    expect(() => conn!.ping(payload)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_CONTROL_PAYLOAD_TOO_LONG' }),
    );
  }
  expect(() => conn!.ping(5 as never)).toThrow(
    expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
  );
  await eventually('five pings', () => client.frames.length === 5);
  expect(client.frames.map(({ opcode, payload }) => [opcode, payload.length])).toEqual(
    [0, 0, 2, 125, 2].map((length) => [Op.Ping, length]),
  );
  client.destroy();
});
