// Cases of the transport contract: incoming messages and their expiry.
import { type IncomingMessage, Metric, SendStatus } from '@hioload/api';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, type ContractCase, expectCode, hasReceived, textsOf } from '../scene.js';

const echoes = (message: string | Uint8Array): ContractCase => {
  return async (scene) => {
    const server = await scene.serve({ message: (conn, incoming) => void conn.send(incoming) });
    const peer = await server.connect();
    peer.send(message);
    await hasReceived(peer, 1);
    const [echo] = peer.received;
    expect(echo?.isBinary).toBe(typeof message !== 'string');
    expect(Buffer.from(echo!.bytes).equals(Buffer.from(message))).toBe(true);
  };
};

const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) % 256);

/** Every way to use a message. */
const USES: readonly ((message: IncomingMessage) => unknown)[] = [
  (message) => message.isBinary,
  (message) => message.byteLength,
  (message) => message.bytes(),
  (message) => message.text(),
  (message) => message.json(),
  (message) => message.copy(),
];

export const messageCases: CaseGroup = {
  'echoes text': echoes('hello'),
  'echoes text beyond ASCII': echoes('héllo wörld ✓ 🎉'),
  'echoes empty text': echoes(''),
  'echoes binary': echoes(pattern(100)),
  'echoes empty binary': echoes(new Uint8Array(0)),
  'echoes 64 KiB of text': echoes('0123456789abcdef'.repeat(4_096)),
  'echoes 64 KiB of binary': echoes(pattern(65_536)),

  'counts messages of each length class and their bytes, both ways': async (scene) => {
    const server = await scene.serve({ message: (conn, message) => void conn.send(message) });
    const peer = await server.connect();
    let sum = 0;
    for (const [i, length] of [0, 1, 125, 126, 127, 128, 65_535, 65_536, 1_048_576].entries()) {
      peer.send(pattern(length));
      await hasReceived(peer, i + 1);
      sum += length;
      expect(Buffer.from(peer.received[i]!.bytes).equals(pattern(length)), `${length}`).toBe(true);
      for (const cell of [Metric.MessagesIn, Metric.MessagesOut])
        expect(server.metrics.read(cell)).toBe(i + 1);
      for (const cell of [Metric.MessageBytesIn, Metric.MessageBytesOut])
        expect(server.metrics.read(cell)).toBe(sum);
    }
  },

  'serves an application without a single hook': async (scene) => {
    const server = await scene.serve();
    const peer = await server.connect();
    peer.send('heard by nobody');
    peer.pong(Buffer.from('unasked'));
    peer.ping(Buffer.from('anybody?'));
    await eventually('the pong has arrived', () => peer.pongs.length === 1);
    expect(server.metrics.read(Metric.MessagesIn)).toBe(1);
    expect(server.faults).toEqual([]);
  },

  'keeps the order of many messages': async (scene) => {
    const server = await scene.serve({ message: (conn, message) => void conn.send(message) });
    const peer = await server.connect();
    const texts = Array.from({ length: 1_000 }, (_, i) => `${i}`);
    for (const text of texts) peer.send(text);
    await hasReceived(peer, texts.length);
    expect(textsOf(peer)).toEqual(texts);
  },

  'shows kind, length and content of a message': async (scene) => {
    const seen: unknown[] = [];
    const server = await scene.serve({
      message: (_conn, message) => {
        seen.push({
          isBinary: message.isBinary,
          byteLength: message.byteLength,
          bytes: [...message.bytes()],
          text: message.text(),
          copy: [...message.copy()],
          isSameView: message.bytes() === message.bytes(),
        });
        if (!message.isBinary) seen.push(message.json());
      },
    });
    const peer = await server.connect();
    peer.send('{"é":1}');
    peer.send(Uint8Array.of(65, 0xff));
    await eventually('both have arrived', () => seen.length === 3);
    const json = [...Buffer.from('{"é":1}')];
    const isSameView = true;
    expect(seen).toEqual([
      { isBinary: false, byteLength: 8, bytes: json, text: '{"é":1}', copy: json, isSameView },
      { é: 1 },
      {
        isBinary: true,
        byteLength: 2,
        bytes: [65, 255],
        text: 'A\ufffd',
        copy: [65, 255],
        isSameView,
      },
    ]);
  },

  'keeps a byte order mark, and replaces malformed bytes of a binary message': async (scene) => {
    const texts: string[] = [];
    const server = await scene.serve({
      message: (_conn, message) => void texts.push(message.text()),
    });
    const peer = await server.connect();
    peer.send(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff));
    peer.send('\ufeffb');
    await eventually('both have arrived', () => texts.length === 2);
    expect(texts).toEqual(['\ufeffa\ufffd', '\ufeffb']);
  },

  'throws SyntaxError if the text is no JSON': async (scene) => {
    let thrown: unknown;
    const server = await scene.serve({
      message: (_conn, message) => {
        try {
          message.json();
        } catch (error) {
          thrown = error;
        }
      },
    });
    const peer = await server.connect();
    peer.send('{');
    await eventually('it was thrown', () => thrown !== undefined);
    expect(thrown).toBeInstanceOf(SyntaxError);
  },

  'lets a message expire when its handler returns': async (scene) => {
    let kept: IncomingMessage | undefined;
    const server = await scene.serve({
      message: (_conn, message) => {
        kept = message;
      },
    });
    const peer = await server.connect();
    peer.send('{}');
    await eventually('it has arrived', () => kept !== undefined);
    for (const use of USES) expectCode('HIOLOAD_MESSAGE_EXPIRED', () => use(kept!));
  },

  'lets a message expire at the first await of its handler': async (scene) => {
    const thrown: unknown[] = [];
    const server = await scene.serve({
      async message(_conn, message) {
        expect(message.text()).toBe('{}');
        await Promise.resolve();
        for (const use of USES) {
          try {
            use(message);
            thrown.push('nothing');
          } catch (error) {
            thrown.push((error as { code?: unknown }).code);
          }
        }
      },
    });
    const peer = await server.connect();
    peer.send('{}');
    await eventually('all were tried', () => thrown.length === USES.length);
    expect(new Set(thrown)).toEqual(new Set(['HIOLOAD_MESSAGE_EXPIRED']));
  },

  'refuses to send a message that has expired': async (scene) => {
    let kept: IncomingMessage | undefined;
    const server = await scene.serve({
      message: (_conn, message) => {
        kept = message;
      },
    });
    const { peer, conn } = await server.connectBoth();
    peer.send('gone');
    await eventually('it has arrived', () => kept !== undefined);
    expectCode('HIOLOAD_MESSAGE_EXPIRED', () => conn.send(kept!));
    conn.send('fine');
    await hasReceived(peer, 1);
    expect(textsOf(peer)).toEqual(['fine']);
  },

  'sends a copy of a message after the await that ends the message': async (scene) => {
    const statuses: SendStatus[] = [];
    const server = await scene.serve({
      async message(conn, message) {
        const copy = message.copy();
        await nextTurn();
        statuses.push(conn.send(copy, { binary: false }));
      },
    });
    const peer = await server.connect();
    peer.send('hello');
    await hasReceived(peer, 1);
    expect([textsOf(peer), statuses]).toEqual([['hello'], [SendStatus.Sent]]);
    expect(server.faults).toEqual([]);
  },

  'leaves copies and texts to the application': async (scene) => {
    const copies: Uint8Array[] = [];
    const texts: string[] = [];
    const server = await scene.serve({
      message: (_conn, message) => {
        copies.push(message.copy());
        texts.push(message.text());
      },
    });
    const peer = await server.connect();
    for (const text of ['first', 'other', 'third']) peer.send(text);
    await eventually('all have arrived', () => copies.length === 3);
    expect(copies.map((copy) => Buffer.from(copy).toString())).toEqual(['first', 'other', 'third']);
    expect(texts).toEqual(['first', 'other', 'third']);
  },
};
