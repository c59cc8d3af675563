import {
  closedMetric,
  type ConnectionHandlers,
  ConnState,
  type Limits,
  Metric,
  type WebSocketConn,
} from '@hioload/api';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { UWS_FEATURES } from '../src/uws/index.js';
import { eventually } from './support/eventually.js';
import { stuffQueue } from './support/fill.js';
import { closeFrame, frame, Op } from './support/frames.js';
import { type HeadOptions, head, RawClient } from './support/raw-client.js';
import { serve, type ServerOptions, type TestServer } from './support/server.js';

// What uWebSockets.js does today where it keeps a rule from being kept. A test that fails here after an update of the
// library is good news: the exemption can go.

const servers: TestServer[] = [];
const clients: RawClient[] = [];

afterAll(() => {
  for (const client of clients) client.destroy();
  for (const { transport } of servers) transport.close();
});

interface Pair {
  readonly server: TestServer;
  readonly client: RawClient;
  readonly conn: WebSocketConn;
  /** Texts of the messages that were handled. */
  readonly messages: readonly string[];
  /** Codes that the close hook was told. */
  readonly closes: readonly number[];
}

/** Opens a connection to a server of its own. */
async function pair(
  options: ServerOptions<unknown> &
    HeadOptions & { readonly handlers?: ConnectionHandlers; readonly allowHalfOpen?: boolean } = {},
): Promise<Pair> {
  const { handlers, ...serverOptions } = options;
  const messages: string[] = [];
  const closes: number[] = [];
  let conn: WebSocketConn | undefined;
  const server = await serve(
    {
      open: (one) => void (conn = one),
      message: (_, message) => void messages.push(message.text()),
      close: (_, code) => void closes.push(code),
      ...handlers,
    },
    serverOptions,
  );
  servers.push(server);
  const client = await RawClient.open(server.port, options);
  clients.push(client);
  return { server, client, conn: conn!, messages, closes };
}

/** Sends the bytes of a handshake in pieces, each in a read of its own. */
async function answerTo(pieces: readonly string[]): Promise<{ readonly status: number }> {
  const server = await serve();
  servers.push(server);
  const client = new RawClient(server.port);
  clients.push(client);
  for (const piece of pieces) {
    client.write(piece);
    await delay(20);
  }
  return client.answer();
}

const SMALL: Partial<Limits> = { maxBufferedBytes: 65_536 };

const PINS: Readonly<Record<string, () => Promise<void>>> = {
  'mask-bit-unchecked': async () => {
    const { client, conn, messages } = await pair();
    client.write(Buffer.from([0x81, 0x05, ...Buffer.from('abcdo')]));
    client.write(Buffer.from('abcd').map((byte, i) => byte ^ 'bcda'.charCodeAt(i)));
    await eventually('a message', () => messages.length > 0);
    expect(messages[0]).toHaveLength(5);
    expect(conn.state).toBe(ConnState.Open);
  },

  'length-form-unchecked': async () => {
    const { client, messages } = await pair();
    client.write(Buffer.from([0x81, 0xfe, 0, 2, 0, 0, 0, 0, 0x68, 0x69]));
    client.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0x68, 0x6f]));
    await eventually('both messages', () => messages.length === 2);
    expect(messages).toEqual(['hi', 'ho']);
  },

  'one-byte-close-payload': async () => {
    const { client, closes } = await pair();
    client.write(frame(Op.Close, 'x'));
    await client.ended();
    expect(closes).toEqual([1005]);
    expect(client.frames).toMatchObject([{ opcode: Op.Close, payload: Buffer.alloc(0) }]);
  },

  'close-codes-above-1011': async () => {
    for (const code of [1012, 1013, 1014, 3000, 3999]) {
      const { client, closes } = await pair();
      client.write(closeFrame(code));
      await client.ended();
      expect(closes).toEqual([1006]);
      expect(client.frames).toMatchObject([{ opcode: Op.Close, payload: Buffer.alloc(0) }]);
    }
  },

  'invalid-close-answered-empty': async () => {
    const invalid = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map((code) => closeFrame(code));
    const notUtf8 = frame(Op.Close, Buffer.from([0x03, 0xe8, 0xff]));
    for (const bytes of [...invalid, notUtf8]) {
      const { client, closes } = await pair();
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
      const { server, client, closes, messages } = await pair({ limits: { maxPayloadBytes: 1_000 } });
      client.write(bytes);
      await client.ended();
      expect(client.frames).toEqual([]);
      expect(closes).toEqual([1006]);
      expect(messages).toEqual([]);
      expect(server.metric(closedMetric(1006))).toBe(1);
    }
  },

  'utf8-checked-at-end': async () => {
    const { client, closes } = await pair();
    client.write(frame(Op.Text, Buffer.from([0xff]), { fin: false }));
    client.write(frame(Op.Ping));
    await eventually('the pong', () => client.frames.length === 1);
    expect(closes).toEqual([]);
    client.write(frame(Op.Continuation, 'a'));
    await client.ended();
    expect(closes).toEqual([1006]);
  },

  'fragments-unbounded': async () => {
    const { client, messages } = await pair();
    const more = Array.from({ length: 5_000 }, () => frame(Op.Continuation, '', { fin: false }));
    client.write(Buffer.concat([frame(Op.Text, 'a', { fin: false }), ...more, frame(Op.Continuation, 'z')]));
    await eventually('the message', () => messages.length === 1);
    expect(messages).toEqual(['az']);
  },

  'message-assembly-unbounded': async () => {
    // Nothing is set by which a message would have to be complete: the only clock is the idle timeout, and every
    // fragment winds it up again.
    const { client, conn } = await pair({ limits: { idleTimeoutSeconds: 8 } });
    client.write(frame(Op.Text, 'a', { fin: false }));
    for (let i = 0; i < 13; i++) {
      await delay(1_000);
      client.write(frame(Op.Continuation, 'b', { fin: false }));
    }
    expect(client.isEnded).toBe(false);
    expect(conn.state).toBe(ConnState.Open);
  },

  'glued-frames-lost': async () => {
    const messages: string[] = [];
    const server = await serve({ message: (_, message) => void messages.push(message.text()) });
    servers.push(server);
    const client = new RawClient(server.port);
    clients.push(client);
    client.write(Buffer.concat([Buffer.from(head()), frame(Op.Text, 'glued')]));
    expect((await client.answer()).status).toBe(101);
    client.write(frame(Op.Text, 'later'));
    await eventually('a message', () => messages.length > 0);
    expect(messages).toEqual(['later']);
  },

  'split-handshake-505': async () => {
    const cutAt = async (at: number): Promise<number> =>
      (await answerTo([head().slice(0, at), head().slice(at)])).status;
    // On a busy machine both pieces may arrive in one read.
    let status = 0;
    for (let attempt = 0; attempt < 50 && status !== 505; attempt++) status = await cutAt('GET '.length);
    expect(status).toBe(505);
    expect(await cutAt(head().indexOf('Host'))).toBe(101);
  },

  'malformed-head-unanswered': async () => {
    const lines = ['no colon here', 'bare-lf: a\nb: c', 'bare-cr: a\rb'];
    await Promise.all(
      lines.map(async (line) => {
        const server = await serve();
        servers.push(server);
        const client = new RawClient(server.port);
        client.write(head({ extraLines: [line] }));
        await client.ended(25_000);
        expect(client.receivedBytes, line).toBe(0);
      }),
    );
  },

  'http-version-505': async () => {
    for (const version of ['HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2']) {
      expect((await answerTo([head({ requestLine: `GET / ${version}` })])).status).toBe(505);
    }
  },

  'head-limit-4-kib': async () => {
    // That the environment raises it is tried in a process of its own, in process.test.ts.
    expect((await answerTo([head({ extraLines: [`x: ${'a'.repeat(5_000)}`] })])).status).toBe(431);
    expect((await answerTo([head({ extraLines: [`x: ${'a'.repeat(3_500)}`] })])).status).toBe(101);
  },

  'pong-lost-when-full': async () => {
    let pings = 0;
    const { client, conn } = await pair({ limits: SMALL, handlers: { ping: () => ++pings } });
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes!);
    client.write(frame(Op.Ping, 'lost'));
    await eventually('the ping is handled', () => pings === 1);
    client.socket.resume();
    await eventually('the queue is empty', () => conn.bufferedBytes === 0);
    client.write(frame(Op.Ping, 'answered'));
    await eventually('a pong', () => client.frames.some(({ opcode }) => opcode === Op.Pong));
    expect(client.frames.filter(({ opcode }) => opcode === Op.Pong).map(({ payload }) => String(payload))).toEqual([
      'answered',
    ]);
  },

  'close-frame-lost-when-full': async () => {
    const { client, conn, closes } = await pair({ limits: SMALL });
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes!);
    conn.end(1000, 'nobody will read this');
    expect(closes).toEqual([1000]);
    client.socket.resume();
    await client.ended();
    expect(client.frames.some(({ opcode }) => opcode === Op.Close)).toBe(false);
  },

  'close-answer-not-awaited': async () => {
    const { client, conn, closes } = await pair({ allowHalfOpen: true, limits: { idleTimeoutSeconds: 8 } });
    let isCut = false;
    client.socket.on('close', () => (isCut = true));
    conn.end(1000);
    expect(closes).toEqual([1000]);
    await eventually('the close frame and the end of the stream', () => client.isEnded && client.frames.length === 1);
    // The peer never answers; that it is cut shows where its bytes are refused.
    const writing = setInterval(() => client.write('x'), 100);
    await eventually('the cut', () => isCut, 25_000);
    clearInterval(writing);
  },

  'idle-timeout-coarse': async () => {
    const openedMs: number[] = [];
    const cutMs: number[] = [];
    const server = await serve(
      { close: (conn) => void (cutMs[conn.id - 1] = performance.now()) },
      { limits: { idleTimeoutSeconds: 8 } },
    );
    servers.push(server);
    for (let i = 0; i < 5; i++) {
      openedMs.push(performance.now());
      clients.push(await RawClient.open(server.port));
      await delay(1_000);
    }
    await eventually('all are cut', () => Object.keys(cutMs).length === 5, 25_000);
    // The clock ticks every four seconds: of five that were opened one second apart, some are cut in the same tick.
    const ticks = new Set(cutMs.map((ms) => Math.round((ms - cutMs[0]!) / 4_000)));
    expect(ticks.size).toBeLessThan(openedMs.length);
    expect(openedMs.at(-1)! - openedMs[0]!).toBeGreaterThan(3_900);
  },

  'published-losses-undercounted': async () => {
    const { server, client, conn } = await pair({ limits: SMALL });
    conn.subscribe('t');
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes!);
    for (const text of ['a', 'b', 'c']) server.transport.publish('t', text);
    await eventually('a loss', () => server.metric(Metric.DroppedBufferFull) > 0);
    await delay(20);
    expect(server.metric(Metric.DroppedBufferFull)).toBe(1);
    client.socket.resume();
    await eventually('the queue is empty', () => conn.bufferedBytes === 0);
    expect(client.texts.filter((text) => text.length === 1)).toEqual([]);
  },

  'published-loss-cuts-later': async () => {
    const { server, client, conn, closes } = await pair({ limits: SMALL, whenBufferFull: 'close' });
    conn.subscribe('t');
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes!);
    server.transport.publish('t', 'lost');
    expect(conn.state).toBe(ConnState.Open);
    await eventually('the cut', () => closes.length > 0);
    expect(closes).toEqual([1006]);
  },
};

describe.concurrent('instead of what is asked for', () => {
  it('does what a test shows, for every exemption that is listed', ({ expect: expectHere }) => {
    expectHere(UWS_FEATURES.exemptions.map(({ id }) => id).sort()).toEqual(Object.keys(PINS).sort());
  });

  for (const { id, instead } of UWS_FEATURES.exemptions) {
    it(`${id}: ${instead}`, () => PINS[id]?.());
  }
});
