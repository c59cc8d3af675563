// Cases of the transport contract: slow peers and full queues.
import { ConnState, Metric, SendStatus, type WebSocketConn } from '@hioload/api';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, closeOf, hasReceived, type Server, textsOf } from '../scene.js';
import type { Peer } from '../harness.js';

const LIMIT_BYTES = 65_536;
const MESSAGE_BYTES = 32_768;
/** Far more than the buffers of any kernel take: 256 MiB. */
const MOST_MESSAGES = 8_192;
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

/** Opens a connection whose peer does not read. */
async function connectStalled(
  server: Server,
): Promise<{ readonly peer: Peer; readonly conn: WebSocketConn }> {
  const both = await server.connectBoth();
  both.peer.stopReading();
  return both;
}

export const backpressureCases: CaseGroup = {
  'says Sent, then Buffered, then Dropped, as the peer stops reading': async (scene) => {
    const server = await scene.serve({}, { limits });
    const { conn } = await connectStalled(server);
    const statuses = sendUntilLost(conn);
    const firstBuffered = statuses.indexOf(SendStatus.Buffered);
    expect(firstBuffered).toBeGreaterThanOrEqual(0);
    expect(new Set(statuses.slice(0, firstBuffered))).toEqual(
      new Set(firstBuffered === 0 ? [] : [SendStatus.Sent]),
    );
    expect(new Set(statuses.slice(firstBuffered, -1))).toEqual(new Set([SendStatus.Buffered]));
    expect(statuses.at(-1)).toBe(SendStatus.Dropped);
    expect(conn.state).toBe(ConnState.Open);
    expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(1);
  },

  'keeps the outbound queue within its limit and one message': async (scene) => {
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

  'hands a lost text to dropped as text': async (scene) => {
    const lost: unknown[] = [];
    const server = await scene.serve(
      { dropped: (_conn, message) => void lost.push(message.isBinary || message.text()) },
      { limits },
    );
    const { conn } = await connectStalled(server);
    sendUntilLost(conn);
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

  'tells a dropped hook that sends again by the status only': async (scene) => {
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

  'loses a published message only where the queue is full': async (scene) => {
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

  'counts and tells each of several published messages that are lost in one turn': async (
    scene,
  ) => {
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
    while (stalled.conn.bufferedBytes <= LIMIT_BYTES) stalled.conn.send(numbered(0));
    server.transport.publish('news', 'flash');
    await hasReceived(reading.peer, 1);
    await eventually('the connection was cut', () => closed.length > 0);
    await nextTurn();
    expect(closed).toEqual([stalled.conn.id, 1006]);
    expect(server.transport.connectionCount).toBe(1);
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

  'does not let other connections wait for a slow one': async (scene) => {
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
