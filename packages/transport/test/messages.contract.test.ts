// Tests of incoming messages and of their expiry.
import {
  type IncomingMessage,
  Metric,
  type Sendable,
  SendStatus,
  type WebSocketConn,
} from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;

afterEach(() => server.transport.close());

/** Opens one connection, sends a message of the peer, and waits until its handler has run. */
async function handle(
  bytes: Uint8Array,
  message: (conn: WebSocketConn, message: IncomingMessage) => unknown,
): Promise<RawClient> {
  let isHandled = false;
  server = await serve({
    message(conn, incoming) {
      isHandled = true;
      return message(conn, incoming);
    },
  });
  const client = await RawClient.open(server.port);
  client.write(bytes);
  await eventually('the message is handled', () => isHandled);
  return client;
}

describe('a message', () => {
  it.each([0, 1, 125, 126, 127, 128, 65_535, 65_536, 1_048_576])(
    'of %i bytes is echoed byte for byte',
    async (length) => {
      const payload = Buffer.from(Array.from({ length }, (_, i) => (i * 31) & 0xff));
      const client = await handle(frame(Op.Binary, payload), (conn, message) => conn.send(message));
      await eventually('the echo', () => client.frames.length === 1);
      expect(client.frames[0]!.opcode).toBe(Op.Binary);
      expect(client.frames[0]!.payload.equals(payload)).toBe(true);
      for (const cell of [Metric.MessagesIn, Metric.MessagesOut])
        expect(server.metric(cell)).toBe(1);
      for (const cell of [Metric.MessageBytesIn, Metric.MessageBytesOut])
        expect(server.metric(cell)).toBe(length);
      client.destroy();
    },
  );

  it('is read in the requested form', async () => {
    let read: unknown;
    const client = await handle(frame(Op.Text, '{"naïve":"€"}'), (_, message) => {
      const bytes = message.bytes();
      read = {
        isBinary: message.isBinary,
        byteLength: message.byteLength,
        text: message.text(),
        json: message.json(),
        isSameView: message.bytes() === bytes,
        copy: Buffer.from(message.copy()).toString(),
        view: Buffer.from(bytes).toString(),
      };
    });
    const text = '{"naïve":"€"}';
    const json = { naïve: '€' };
    expect(read).toEqual({
      isBinary: false,
      byteLength: 16,
      text,
      json,
      isSameView: true,
      copy: text,
      view: text,
    });
    client.destroy();
  });

  it('keeps a byte order mark and replaces malformed bytes of binary messages', async () => {
    let text = '';
    const client = await handle(
      frame(Op.Binary, new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xff])),
      (_, message) => {
        text = message.text();
      },
    );
    expect(text).toBe('\ufeffa\ufffd');
    client.destroy();
  });

  it('expires when its handler returns, in every of its calls', async () => {
    let kept: IncomingMessage | undefined;
    let view: Uint8Array | undefined;
    const client = await handle(frame(Op.Text, 'hello'), (_, message) => {
      kept = message;
      view = message.bytes();
    });
    await turn();
    const message = kept!;
    for (const use of [
      () => message.isBinary,
      () => message.byteLength,
      () => message.bytes(),
      () => message.text(),
      () => message.json(),
      () => message.copy(),
      () => server.transport.forEachConnection((conn) => conn.send(message)),
    ]) {
      expect(use).toThrow(expect.objectContaining({ code: 'HIOLOAD_MESSAGE_EXPIRED' }));
    }
    expect(view).toHaveLength(0);
    client.destroy();
  });

  it('expires at the first await of an async handler, and a copy does not', async () => {
    const seen: unknown[] = [];
    const client = await handle(frame(Op.Text, 'hello'), async (conn, message) => {
      const copy = message.copy();
      await turn();
      try {
        message.text();
      } catch (error) {
        seen.push((error as { code: string }).code);
      }
      seen.push(conn.send(copy, { binary: false }));
    });
    await eventually('the answer', () => client.texts[0] === 'hello');
    expect(seen).toEqual(['HIOLOAD_MESSAGE_EXPIRED', SendStatus.Sent]);
    expect(server.faults).toEqual([]);
    client.destroy();
  });

  it('of many comes in order, one read or many', async () => {
    const count = 500;
    server = await serve({ message: (conn, message) => conn.send(message) });
    const client = await RawClient.open(server.port);
    const stream = Buffer.concat(
      Array.from({ length: count }, (_, i) => frame(Op.Text, `message ${i}`)),
    );
    for (let at = 0; at < stream.length; at += 777) client.write(stream.subarray(at, at + 777));
    await eventually('all echoes', () => client.frames.length === count);
    expect(client.texts).toEqual(Array.from({ length: count }, (_, i) => `message ${i}`));
    client.destroy();
  });

  it('of fragments is one message', async () => {
    const parts = [
      frame(Op.Text, '', { fin: false }),
      frame(Op.Continuation, 'hel', { fin: false }),
      frame(Op.Ping, 'between'),
      frame(Op.Continuation, 'lo'),
    ];
    const client = await handle(Buffer.concat(parts), (conn, message) => conn.send(message));
    await eventually('pong and echo', () => client.frames.length === 2);
    expect(client.frames.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
      [Op.Pong, 'between'],
      [Op.Text, 'hello'],
    ]);
    client.destroy();
  });
});

describe('send', () => {
  const shared = new SharedArrayBuffer(8);
  new Uint8Array(shared).set(Buffer.from('-shared-'));

  it.each<[string, Sendable, number, string]>([
    ['a string', 'näïve', Op.Text, 'näïve'],
    ['bytes', new Uint8Array([65, 66]), Op.Binary, 'AB'],
    [
      'a view into a longer buffer',
      new Uint8Array(Buffer.from('xABx')).subarray(1, 3),
      Op.Binary,
      'AB',
    ],
    ['a Node buffer', Buffer.from('AB'), Op.Binary, 'AB'],
    ['an ArrayBuffer', new Uint8Array([65, 66]).buffer, Op.Binary, 'AB'],
    ['a SharedArrayBuffer', shared, Op.Binary, '-shared-'],
    ['a view of shared memory', new Uint8Array(shared, 1, 6), Op.Binary, 'shared'],
    ['an empty string', '', Op.Text, ''],
  ])('takes %s', async (_, sendable, opcode, text) => {
    const client = await handle(frame(Op.Text, 'go'), (conn) => conn.send(sendable));
    await eventually('the message', () => client.frames.length === 1);
    expect(client.frames[0]).toMatchObject({ opcode, fin: true });
    expect(client.frames[0]!.payload.toString()).toBe(text);
    expect(server.metric(Metric.MessageBytesOut)).toBe(Buffer.byteLength(text));
    client.destroy();
  });

  it('sends an incoming message in its own form, or in the requested one', async () => {
    const client = await handle(frame(Op.Binary, 'relay'), (conn, message) => {
      conn.send(message);
      conn.send(message, { binary: false });
      conn.send('text', { binary: true });
    });
    await eventually('three messages', () => client.frames.length === 3);
    expect(client.frames.map(({ opcode }) => opcode)).toEqual([Op.Binary, Op.Text, Op.Binary]);
    client.destroy();
  });

  it('takes a message of another transport', async () => {
    const foreign: IncomingMessage = {
      isBinary: true,
      byteLength: 3,
      bytes: () => new Uint8Array(Buffer.from('far')),
      text: () => 'far',
      json: <T>() => 0 as T,
      copy: () => new Uint8Array(3),
    };
    const client = await handle(frame(Op.Text, 'go'), (conn) => conn.send(foreign));
    await eventually('the message', () => client.frames.length === 1);
    expect(client.frames[0]).toMatchObject({ opcode: Op.Binary, payload: Buffer.from('far') });
    client.destroy();
  });

  it.each([[undefined], [null], [42], [{}], [new DataView(new ArrayBuffer(1))]])(
    'refuses %o',
    async (value) => {
      let error: unknown;
      const client = await handle(frame(Op.Text, 'go'), (conn) => {
        try {
          conn.send(value as never);
        } catch (thrown) {
          error = thrown;
        }
      });
      expect(error).toMatchObject({ code: 'HIOLOAD_OPTION_INVALID' });
      client.destroy();
    },
  );

  it('from outside of a handler goes out too, and in a cork at once', async () => {
    let conn: WebSocketConn | undefined;
    const client = await handle(frame(Op.Text, 'go'), (one) => {
      conn = one;
    });
    await turn();
    conn!.cork(() => {
      conn!.send('a');
      conn!.cork(() => conn!.send('b'));
    });
    expect(() =>
      conn!.cork(() => {
        conn!.send('c');
        throw new Error('in the cork');
      }),
    ).toThrow('in the cork');
    expect(conn!.send('d')).toBe(SendStatus.Sent);
    await eventually('four messages', () => client.texts.length === 4);
    expect(client.texts).toEqual(['a', 'b', 'c', 'd']);
    client.destroy();
  });
});

it('serves an application without a single hook', async () => {
  server = await serve();
  const client = await RawClient.open(server.port);
  client.write(Buffer.concat([frame(Op.Text, 'a'), frame(Op.Ping, 'p'), frame(Op.Pong, 'q')]));
  await eventually('the pong', () => client.frames.length === 1);
  expect(client.frames[0]).toMatchObject({ opcode: Op.Pong, payload: Buffer.from('p') });
  expect(server.metric(Metric.MessagesIn)).toBe(1);
  client.destroy();
});

it('counts ids up from the first', async () => {
  const ids: number[] = [];
  server = await serve({ open: (conn) => void ids.push(conn.id) }, { firstConnId: 2 ** 43 + 5 });
  const clients = [await RawClient.open(server.port), await RawClient.open(server.port)];
  expect(ids).toEqual([2 ** 43 + 5, 2 ** 43 + 6]);
  for (const client of clients) client.destroy();
});
