// Cases of the transport contract: text that is not well-formed is mended before it is sent.
import { SendStatus } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, closeOf, hasReceived, textsOf } from '../scene.js';

const HALF = 'a\ud83d';
const TURNED = '\ude00\ud83d!';
const MENDED_HALF = 'a\ufffd';
const MENDED_TURNED = '\ufffd\ufffd!';

/** Bytes that are no UTF-8: a surrogate, a cut emoji, an overlong slash, a lonely continuation. */
const MALFORMED: readonly (readonly number[])[] = [
  [0x61, 0xed, 0xa0, 0xbd],
  [0xf0, 0x9f, 0x98],
  [0xc0, 0xaf],
  [0x80],
];

const mendedBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

export const wellFormedCases: CaseGroup = {
  'sends and publishes U+FFFD for half a surrogate pair, to an open room': async (scene) => {
    const server = await scene.serve({
      message: (conn, message) => {
        for (const text of [HALF, TURNED]) {
          conn.send(text);
          conn.send(text, { binary: true });
          conn.publish('room', text);
        }
        conn.send(message);
      },
    });
    const sender = await server.connectBoth();
    const receiver = await server.connectBoth();
    for (const { conn } of [sender, receiver]) conn.subscribe('room');
    server.transport.publish('room', HALF);
    sender.peer.send('go');
    await hasReceived(receiver.peer, 3);
    await hasReceived(sender.peer, 6);
    expect(textsOf(receiver.peer)).toEqual([MENDED_HALF, MENDED_HALF, MENDED_TURNED]);
    expect(textsOf(sender.peer)).toEqual([
      MENDED_HALF,
      MENDED_HALF,
      MENDED_HALF,
      MENDED_TURNED,
      MENDED_TURNED,
      'go',
    ]);
    expect([sender.peer.closedWith, receiver.peer.closedWith]).toEqual([undefined, undefined]);
  },

  'mends bytes that are sent as text, wherever the bytes lie': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    conn.subscribe('room');
    const expected: string[] = [];
    for (const list of MALFORMED) {
      const bytes = Uint8Array.from(list);
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
      shared.set(bytes);
      for (const message of [bytes, bytes.buffer, shared, shared.buffer]) {
        expect(conn.send(message, { binary: false })).toBe(SendStatus.Sent);
        server.transport.publish('room', message, { binary: false });
        expected.push(mendedBytes(bytes), mendedBytes(bytes));
      }
      expect(bytes).toEqual(Uint8Array.from(list));
    }
    await hasReceived(peer, expected.length);
    expect(textsOf(peer).toSorted()).toEqual(expected.toSorted());
    expect(peer.received.some((message) => message.isBinary)).toBe(false);
  },

  'mends a binary message that is passed on as text, and leaves it alone as binary': async (
    scene,
  ) => {
    const server = await scene.serve({
      message: (conn, message) => {
        conn.send(message);
        conn.send(message, { binary: false });
      },
    });
    const peer = await server.connect();
    for (const list of MALFORMED) peer.send(Uint8Array.from(list));
    await hasReceived(peer, 2 * MALFORMED.length);
    const binary = peer.received.filter((message) => message.isBinary);
    const texts = peer.received.filter((message) => !message.isBinary);
    expect(binary.map(({ bytes }) => [...bytes])).toEqual(MALFORMED);
    expect(texts.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(
      MALFORMED.map((list) => mendedBytes(Uint8Array.from(list))),
    );
  },

  'mends a message of another reactor before it leaves that reactor': async (scene) => {
    const sent: string[] = [];
    const server = await scene.serve(
      { message: (conn) => void conn.publish('room', HALF) },
      {
        uplink: {
          topicGained: () => undefined,
          topicLost: () => undefined,
          publish(_topic, message) {
            sent.push(
              typeof message === 'string'
                ? message.toWellFormed()
                : mendedBytes(message as Uint8Array),
            );
            return { reactors: 1, lanesFull: 0 };
          },
        },
      },
    );
    const peer = await server.connect();
    peer.send('go');
    await eventually('the message was passed on', () => sent.length > 0);
    expect(sent).toEqual([MENDED_HALF]);
  },

  'mends a close reason, for the peer and for the close hook': async (scene) => {
    const reasons: string[] = [];
    const server = await scene.serve({
      close: (_conn, _code, reason) => void reasons.push(reason),
    });
    const { peer, conn } = await server.connectBoth();
    conn.end(4000, `bye ${HALF}`);
    expect(await closeOf(peer)).toEqual({ code: 4000, reason: `bye ${MENDED_HALF}` });
    await eventually('the close hook has run', () => reasons.length > 0);
    expect(reasons).toEqual([`bye ${MENDED_HALF}`]);
  },

  'counts a mended reason and a mended ping by their bytes': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    expect(conn.ping(`ping ${HALF}`)).toBe(SendStatus.Sent);
    await eventually('the ping is here', () => peer.pings.length > 0);
    expect(Buffer.from(peer.pings[0]!).toString()).toBe(`ping ${MENDED_HALF}`);
    const longest = '\ud83d'.repeat(41);
    expect(() => conn.end(4000, `${longest}x`)).toThrow('at most 123 bytes');
    conn.end(4000, longest);
    expect(await closeOf(peer)).toEqual({ code: 4000, reason: '\ufffd'.repeat(41) });
  },

  'mends the text of a page and of a refusal': async (scene) => {
    const server = await scene.serve(
      { upgrade: () => ({ status: 403, reason: `no ${HALF}` }) },
      { pages: new Map([['/page', { type: 'text/plain; charset=utf-8', body: HALF }]]) },
    );
    const page = await server.request({ path: '/page' });
    expect(Buffer.from(page.body).toString('hex')).toBe(Buffer.from(MENDED_HALF).toString('hex'));
    const head = await server.request({ path: '/page', method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(page.body.length));
    expect((await server.refusal()).body).toBe(`no ${MENDED_HALF}`);
  },

  'sends a header value of Latin-1 as single bytes, accepted or refused': async (scene) => {
    const server = await scene.serve(
      {
        upgrade: ({ path }) =>
          path === '/'
            ? { status: 101, data: undefined, headers: { 'X-Name': 'caf\xe9' } }
            : { status: 403, headers: { 'X-Name': 'caf\xe9' } },
      },
      { path: '/*' },
    );
    const peer = await server.connect();
    expect(peer.headers.get('x-name')).toBe('caf\xe9');
    const refusal = await server.refusal({ path: '/no' });
    expect(refusal.headers.get('x-name')).toBe('caf\xe9');
  },
};
