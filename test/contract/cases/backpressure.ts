// Cases of the transport contract: slow peers and full queues.
import {
  type BufferFullPolicy,
  ConnState,
  Metric,
  SendStatus,
  type WebSocketConn,
} from '@hioload/api';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import {
  type CaseGroup,
  closeOf,
  type ContractCase,
  hasReceived,
  type Server,
  textsOf,
} from '../scene.js';
import type { Peer } from '../harness.js';

const LIMIT_BYTES = 65_536;
const MESSAGE_BYTES = 32_768;
/** Far more than the buffers of any kernel take: 256 MiB. */
const MOST_MESSAGES = 8_192;
/** Far more than a kernel takes at once, so that the queue stays full for more than this turn. */
const LONG = new Uint8Array(16 * 1_048_576);
const limits = { maxBufferedBytes: LIMIT_BYTES };

/** The n-th message: its number, and bytes that go with it. */
const numbered = (n: number): Uint8Array => {
  const bytes = new Uint8Array(MESSAGE_BYTES).fill(n % 251);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
};

const numberOf = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);

/** Sends until a message is lost. @returns the status of each send */
function sendUntilLost(conn: WebSocketConn): SendStatus[] {
  const statuses: SendStatus[] = [];
  while (statuses.at(-1) !== SendStatus.Dropped && statuses.length < MOST_MESSAGES) {
    statuses.push(conn.send(numbered(statuses.length)));
  }
  return statuses;
}

const CALM_LOOKS = 4;
const LOOK_MS = 5;

/**
 * Sends until the queue of a peer that does not read stays full. The kernel of a busy machine takes
 * bytes a little later than they are sent. No message is lost yet, and the next one will be.
 */
async function sendUntilFull(conn: WebSocketConn): Promise<void> {
  for (let calm = 0; calm < CALM_LOOKS; calm++) {
    while (conn.bufferedBytes <= LIMIT_BYTES) {
      conn.send(numbered(0));
      calm = 0;
    }
    await delay(LOOK_MS);
  }
}

/** Opens a connection whose peer does not read. */
async function connectStalled(
  server: Server,
): Promise<{ readonly peer: Peer; readonly conn: WebSocketConn }> {
  const both = await server.connectBoth();
  both.peer.stopReading();
  return both;
}

/** The dropped hook sees the queue as it was when the message was lost. */
const showsFullQueue = (
  whenBufferFull: BufferFullPolicy,
  what: 'sent' | 'published',
): ContractCase => {
  return async (scene) => {
    const seen: unknown[] = [];
    const server = await scene.serve(
      {
        dropped: (conn) => {
          const { state, bufferedBytes, remoteAddress, protocol } = conn;
          seen.push([state, bufferedBytes > LIMIT_BYTES, remoteAddress, protocol]);
          seen.push([conn.send('late'), conn.ping(), conn.isSubscribed('news')]);
        },
        close: ({ state, bufferedBytes }, code) => void seen.push([state, bufferedBytes, code]),
      },
      { limits, whenBufferFull },
    );
    const { conn } = await connectStalled(server);
    conn.subscribe('news');
    if (what === 'sent') {
      sendUntilLost(conn);
    } else {
      while (conn.bufferedBytes <= LIMIT_BYTES) conn.send(LONG);
      server.transport.publish('news', 'flash');
    }
    const isEnd = whenBufferFull === 'close';
    await eventually('the hooks have run', () => seen.length >= (isEnd ? 3 : 2));
    await nextTurn();
    const refused = isEnd ? SendStatus.Closed : SendStatus.Dropped;
    expect(seen).toEqual([
      [isEnd ? ConnState.Closing : ConnState.Open, true, '127.0.0.1', ''],
      [refused, refused, !isEnd],
      ...(isEnd ? [[ConnState.Closed, 0, 1006]] : []),
    ]);
  };
};

export const backpressureCases: CaseGroup = {
  'shows dropped the queue of the moment of a published loss': async (scene) => {
    const seen: number[] = [];
    const server = await scene.serve(
      { dropped: (conn) => void seen.push(conn.bufferedBytes) },
      { limits },
    );
    const { conn } = await connectStalled(server);
    conn.subscribe('news');
    // The kernel has a little room again by now, and may take the queue with the next write.
    await sendUntilFull(conn);
    server.transport.publish('news', 'flash');
    await eventually('the loss was told', () => seen.length > 0);
    expect(seen).toEqual([expect.toSatisfy((bytes: number) => bytes > LIMIT_BYTES)]);
    conn.terminate();
    expect(conn.bufferedBytes).toBe(0);
  },

  'says Sent, then Buffered, then Dropped, as the peer stops reading': async (scene) => {
    const server = await scene.serve({}, { limits });
    const { conn } = await connectStalled(server);
    const statuses = sendUntilLost(conn);
    expect(statuses.slice(-2)).toEqual([SendStatus.Buffered, SendStatus.Dropped]);
    // While the queue fills, the kernel of a busy machine may still take bytes between two sends.
    expect([SendStatus.Sent, SendStatus.Buffered]).toEqual(
      expect.arrayContaining(statuses.slice(0, -1)),
    );
    expect(conn.state).toBe(ConnState.Open);
    expect(server.metrics.read(Metric.MessagesOut)).toBe(statuses.length - 1);
    expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(1);
  },

  'lets the outbound queue pass its limit by at most one message': async (scene) => {
    const server = await scene.serve({}, { limits });
    const { conn } = await connectStalled(server);
    sendUntilLost(conn);
    const frameHeaderBytes = 4;
    expect(conn.bufferedBytes).toBeGreaterThan(LIMIT_BYTES);
    expect(conn.bufferedBytes).toBeLessThanOrEqual(LIMIT_BYTES + MESSAGE_BYTES + frameHeaderBytes);
    conn.terminate();
    expect(conn.bufferedBytes).toBe(0);
  },

  'hands the lost message to dropped before send returns': async (scene) => {
    const lost: unknown[] = [];
    const server = await scene.serve(
      {
        dropped: (conn, message) =>
          void lost.push({
            id: conn.id,
            isBinary: message.isBinary,
            number: numberOf(message.bytes()),
          }),
      },
      { limits },
    );
    const { conn } = await connectStalled(server);
    const statuses = sendUntilLost(conn);
    expect(lost).toEqual([{ id: conn.id, isBinary: true, number: statuses.length - 1 }]);
  },

  'hands a lost message of each form to dropped, and counts it': async (scene) => {
    const lost: unknown[] = [];
    const server = await scene.serve(
      {
        dropped: (_conn, message) =>
          void lost.push([message.text(), message.isBinary, message.byteLength]),
      },
      { limits },
    );
    for (const isSubscribed of [false, true]) {
      const { conn } = await connectStalled(server);
      if (isSubscribed) conn.subscribe('news');
      await sendUntilFull(conn);
      lost.length = 0;
      const before = server.metrics.read(Metric.DroppedBufferFull);
      const shared = new SharedArrayBuffer(3);
      new Uint8Array(shared).set(Buffer.from('abc'));
      for (const message of [
        'text',
        Buffer.from('xbytesx').subarray(1, 6),
        new Uint8Array(Buffer.from('ab')).buffer,
        shared,
      ]) {
        expect(conn.send(message)).toBe(SendStatus.Dropped);
      }
      await nextTurn();
      expect(lost).toEqual([
        ['text', false, 4],
        ['bytes', true, 5],
        ['ab', true, 2],
        ['abc', true, 3],
      ]);
      expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(before + 4);
    }
  },

  'hands an incoming message that could not be relayed to dropped': async (scene) => {
    const lost: unknown[] = [];
    const server = await scene.serve(
      {
        message: (_conn, message) => server.opened[0]!.send(message),
        dropped: (conn, message) => void lost.push([conn.id, message.text()]),
      },
      { limits },
    );
    const { conn } = await connectStalled(server);
    const other = await server.connect();
    await sendUntilFull(conn);
    lost.length = 0;
    other.send('relayed');
    await eventually('the loss was told', () => lost.length > 0);
    expect(lost).toEqual([[1, 'relayed']]);
  },

  'lets dropped change subscriptions for a short and a long published message': async (scene) => {
    const lost: string[] = [];
    const server = await scene.serve(
      {
        dropped(conn, message) {
          lost.push(message.text());
          conn.unsubscribe('news');
          conn.subscribe('later news');
        },
      },
      { limits },
    );
    const { conn } = await connectStalled(server);
    const bystander = await server.connectBoth();
    await sendUntilFull(conn);
    for (const one of [conn, bystander.conn]) one.subscribe('news');
    conn.unsubscribe('later news');
    lost.length = 0;
    server.transport.publish('news', 'short');
    await eventually('the loss was told', () => lost.length > 0);
    expect(lost).toEqual(['short']);
    expect([conn.isSubscribed('news'), conn.isSubscribed('later news')]).toEqual([false, true]);
    await sendUntilFull(conn);
    server.transport.publish('later news', Buffer.alloc(20_000, 'a'));
    await eventually('the loss of the long one was told', () => lost.length > 1);
    expect(lost[1]).toBe('a'.repeat(20_000));
    await hasReceived(bystander.peer, 1);
    expect(textsOf(bystander.peer)).toEqual(['short']);
  },

  'hands a lost text to dropped as text': async (scene) => {
    const lost: unknown[] = [];
    const server = await scene.serve(
      { dropped: (_conn, message) => void lost.push(message.isBinary || message.text()) },
      { limits },
    );
    const { conn } = await connectStalled(server);
    await sendUntilFull(conn);
    expect(conn.send('tëxt')).toBe(SendStatus.Dropped);
    expect(lost.at(-1)).toBe('tëxt');
  },

  'calls drain when the peer reads again, and delivers all that was accepted, in order': async (
    scene,
  ) => {
    const drains: number[] = [];
    const server = await scene.serve(
      { drain: (conn) => void drains.push(conn.bufferedBytes) },
      { limits },
    );
    const { peer, conn } = await connectStalled(server);
    const accepted = sendUntilLost(conn).length - 1;
    peer.resumeReading();
    await hasReceived(peer, accepted);
    await eventually(
      'the queue is empty and drain was called',
      () => drains.length > 0 && conn.bufferedBytes === 0,
    );
    expect(Math.min(...drains)).toBeLessThanOrEqual(LIMIT_BYTES);
    expect(conn.send('more')).toBe(SendStatus.Sent);
    await hasReceived(peer, accepted + 1);
    const numbers = peer.received.slice(0, accepted).map(({ bytes }) => numberOf(bytes));
    expect(numbers).toEqual(Array.from({ length: accepted }, (_, n) => n));
    expect(textsOf(peer).at(-1)).toBe('more');
  },

  ...Object.fromEntries(
    (['drop', 'close'] as const).flatMap((policy) =>
      (['sent', 'published'] as const).map((what) => [
        `shows the full queue to dropped, for a ${what} message under the policy ${policy}`,
        showsFullQueue(policy, what),
      ]),
    ),
  ),

  'shows nothing that waits while the peer reads, in every hook': async (scene) => {
    const seen: Record<string, unknown> = {};
    const look = (hook: string, conn: WebSocketConn): void => {
      conn.send('some bytes');
      conn.ping('some more');
      seen[hook] = [conn.state, conn.bufferedBytes, conn.remoteAddress, conn.data];
    };
    const server = await scene.serve({
      upgrade: () => ({ status: 101, data: 'mine' }),
      open: (conn) => look('open', conn),
      message: (conn) => look('message', conn),
      ping: (conn) => look('ping', conn),
      pong: (conn, payload) => {
        if (Buffer.from(payload).toString() === 'pong') look('pong', conn);
      },
      close: (conn) => look('close', conn),
    });
    const peer = await server.connect();
    peer.send('message');
    peer.ping(Buffer.from('ping'));
    peer.pong(Buffer.from('pong'));
    await eventually('the hooks have run', () => Object.keys(seen).length === 4);
    peer.close(4000);
    await eventually('the close hook has run', () => 'close' in seen);
    const open = [ConnState.Open, 0, '127.0.0.1', 'mine'];
    expect(seen).toEqual({
      open,
      message: open,
      ping: open,
      pong: open,
      close: [ConnState.Closed, 0, '127.0.0.1', 'mine'],
    });
  },

  'reports a loss inside of the dropped hook by the status alone': async (scene) => {
    const statuses: SendStatus[] = [];
    let calls = 0;
    const server = await scene.serve(
      {
        dropped: (conn) => {
          calls += 1;
          statuses.push(conn.send('again'));
        },
      },
      { limits },
    );
    const { conn } = await connectStalled(server);
    sendUntilLost(conn);
    expect([calls, statuses]).toEqual([1, [SendStatus.Dropped]]);
    expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(2);
  },

  'cuts the connection under the policy close, after dropped': async (scene) => {
    const calls: string[] = [];
    const server = await scene.serve(
      {
        dropped: (conn, message) =>
          void calls.push(
            `dropped ${numberOf(message.bytes())} ${conn.state} ${conn.send('late')}`,
          ),
        close: (_conn, code) => void calls.push(`close ${code}`),
      },
      { limits, whenBufferFull: 'close' },
    );
    const { peer, conn } = await connectStalled(server);
    const statuses = sendUntilLost(conn);
    expect(statuses.at(-1)).toBe(SendStatus.Dropped);
    expect(conn.send('late')).toBe(SendStatus.Closed);
    await eventually('the close handler has run', () => calls.length >= 2);
    expect(calls).toEqual([`dropped ${statuses.length - 1} closing closed`, 'close 1006']);
    expect(conn.state).toBe(ConnState.Closed);
    expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(1);
    peer.resumeReading();
    expect((await closeOf(peer)).code).toBe(1006);
  },

  'loses a published message only for a connection whose queue is full': async (scene) => {
    const lost: string[] = [];
    const server = await scene.serve(
      { dropped: (_conn, message) => void lost.push(message.text()) },
      { limits },
    );
    const stalled = await connectStalled(server);
    const reading = await server.connectBoth();
    sendUntilLost(stalled.conn);
    lost.length = 0;
    const out = server.metrics.read(Metric.MessagesOut);
    for (const { conn } of [stalled, reading]) conn.subscribe('news');
    expect(server.transport.publish('news', 'flash')).toEqual({ reactors: 1, lanesFull: 0 });
    await hasReceived(reading.peer, 1);
    await eventually('the loss was told', () => lost.length > 0);
    expect(lost).toEqual(['flash']);
    expect(server.metrics.read(Metric.MessagesOut)).toBe(out + 2);
    expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(2);
    expect(stalled.conn.state).toBe(ConnState.Open);
  },

  'counts and reports each published message that is lost in one turn': async (scene) => {
    const lost: string[] = [];
    const server = await scene.serve(
      { dropped: (_conn, message) => void lost.push(message.text()) },
      { limits },
    );
    const { conn } = await connectStalled(server);
    sendUntilLost(conn);
    lost.length = 0;
    conn.subscribe('news');
    for (const text of ['one', 'two', 'three']) server.transport.publish('news', text);
    await eventually('a loss was told', () => lost.length > 0);
    await nextTurn();
    expect(lost).toEqual(['one', 'two', 'three']);
    expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(4);
  },

  'cuts a subscriber whose queue is full under the policy close, at the end of the turn': async (
    scene,
  ) => {
    const closed: number[] = [];
    const server = await scene.serve(
      { close: (conn, code) => void closed.push(conn.id, code) },
      { limits, whenBufferFull: 'close' },
    );
    const stalled = await connectStalled(server);
    const reading = await server.connectBoth();
    for (const { conn } of [stalled, reading]) conn.subscribe('news');
    await sendUntilFull(stalled.conn);
    server.transport.publish('news', 'flash');
    await hasReceived(reading.peer, 1);
    await eventually('the connection was cut', () => closed.length > 0);
    await nextTurn();
    expect(closed).toEqual([stalled.conn.id, 1006]);
    expect(server.transport.connectionCount).toBe(1);
  },

  'cuts a full subscriber under the policy close after dropped, and publishes nothing newer':
    async (scene) => {
      for (const length of [20, 20_000]) {
        const events: unknown[] = [];
        const server = await scene.serve(
          {
            dropped: (conn, message) =>
              void events.push(['dropped', message.byteLength, conn.state]),
            close: (_conn, code) => void events.push(['close', code]),
          },
          { limits, whenBufferFull: 'close' },
        );
        const { peer, conn } = await connectStalled(server);
        conn.subscribe('news');
        await sendUntilFull(conn);
        server.transport.publish('news', Buffer.alloc(length));
        await eventually('the connection was cut', () => events.length > 1);
        expect(events).toEqual([
          ['dropped', length, ConnState.Closing],
          ['close', 1006],
        ]);
        expect(server.transport.publish('news', 'newer')).toEqual({ reactors: 0, lanesFull: 0 });
        peer.resumeReading();
        await closeOf(peer);
        expect(textsOf(peer)).not.toContain('newer');
        expect(server.admission.booked).toBe(0);
      }
    },

  'closes once if the peer vanishes while its full queue cuts the connection': async (scene) => {
    const closes: number[] = [];
    const server = await scene.serve(
      { close: (_conn, code) => void closes.push(code) },
      { limits, whenBufferFull: 'close' },
    );
    const { peer, conn } = await connectStalled(server);
    conn.subscribe('news');
    await sendUntilFull(conn);
    server.transport.publish('news', Buffer.alloc(20_000));
    peer.vanish();
    await eventually('the close handler has run', () => closes.length > 0);
    await nextTurn();
    expect([closes, server.admission.booked]).toEqual([[1006], 0]);
  },

  'delivers the close frame of end behind a full queue': async (scene) => {
    const closes: number[] = [];
    const server = await scene.serve(
      { close: (_conn, code) => void closes.push(code) },
      { limits },
    );
    const { peer, conn } = await connectStalled(server);
    const accepted = sendUntilLost(conn).length - 1;
    conn.end(4000, 'too slow');
    peer.resumeReading();
    expect(await closeOf(peer)).toEqual({ code: 4000, reason: 'too slow' });
    expect(peer.received).toHaveLength(accepted);
    expect(closes).toEqual([4000]);
  },

  'answers the last ping that came while the queue was full': async (scene) => {
    const pings: string[] = [];
    const server = await scene.serve(
      { ping: (_conn, payload) => void pings.push(Buffer.from(payload).toString()) },
      { limits },
    );
    const { peer, conn } = await connectStalled(server);
    sendUntilLost(conn);
    for (const payload of ['one', 'two']) peer.ping(Buffer.from(payload));
    await eventually('both pings have come', () => pings.length === 2);
    peer.resumeReading();
    await eventually(
      'the last ping is answered',
      () => peer.pongs.length > 0 && conn.bufferedBytes === 0,
    );
    expect(peer.pongs.map((payload) => Buffer.from(payload).toString()).at(-1)).toBe('two');
  },

  'keeps a connection under the policy close if only a pong finds no room': async (scene) => {
    const pings: number[] = [];
    const server = await scene.serve(
      { ping: (_conn, payload) => void pings.push(payload.length) },
      { limits, whenBufferFull: 'close' },
    );
    const { peer, conn } = await connectStalled(server);
    await sendUntilFull(conn);
    peer.ping(Buffer.from('p'));
    await eventually('the ping has come', () => pings.length > 0);
    await nextTurn();
    expect(conn.state).toBe(ConnState.Open);
  },

  'serves other connections while one peer is slow': async (scene) => {
    const server = await scene.serve(
      { message: (conn, message) => void conn.send(message) },
      { limits },
    );
    const { conn } = await connectStalled(server);
    const lively = await server.connect();
    sendUntilLost(conn);
    lively.send('quick');
    await hasReceived(lively, 1);
    expect(textsOf(lively)).toEqual(['quick']);
  },
};
