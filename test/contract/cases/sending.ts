// Cases of the transport contract: sending messages.
import {
  type IncomingMessage,
  Metric,
  type Sendable,
  type SendOptions,
  SendStatus,
} from '@hioload/api';
import { expect } from 'vitest';
import { type CaseGroup, expectCode, hasReceived, textsOf } from '../scene.js';

function shared(text: string): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(Buffer.byteLength(text));
  new Uint8Array(buffer).set(Buffer.from(text));
  return buffer;
}

const plain = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text)).buffer;

export const sendingCases: CaseGroup = {
  'sends strings, bytes and buffers, shared or not, as text or binary': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    const sent: readonly [
      message: Sendable,
      options: SendOptions | undefined,
      isBinary: boolean,
    ][] = [
      ['payload', undefined, false],
      ['payload', { binary: true }, true],
      ['payload', { binary: false }, false],
      [Buffer.from('payload'), undefined, true],
      [Buffer.from('payload'), { binary: false }, false],
      [plain('payload'), undefined, true],
      [plain('payload'), { binary: false }, false],
      [shared('payload'), undefined, true],
      [new Uint8Array(plain('--payload--'), 2, 7), undefined, true],
      [new Uint8Array(shared('--payload--'), 2, 7), undefined, true],
      [new Uint8Array(shared('--payload--'), 2, 7), { binary: false }, false],
    ];
    for (const [message, options] of sent)
      expect(conn.send(message, options)).toBe(SendStatus.Sent);
    await hasReceived(peer, sent.length);
    expect(textsOf(peer)).toEqual(sent.map(() => 'payload'));
    expect(peer.received.map((message) => message.isBinary)).toEqual(
      sent.map(([, , isBinary]) => isBinary),
    );
  },

  'sends an empty message in each form': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    const nothing: readonly Sendable[] = [
      '',
      new Uint8Array(0),
      new ArrayBuffer(0),
      new SharedArrayBuffer(0),
    ];
    for (const message of nothing) expect(conn.send(message)).toBe(SendStatus.Sent);
    await hasReceived(peer, nothing.length);
    expect(textsOf(peer)).toEqual(['', '', '', '']);
    expect(peer.received.map((message) => message.isBinary)).toEqual([false, true, true, true]);
    expect(server.metrics.read(Metric.MessagesOut)).toBe(4);
    expect(server.metrics.read(Metric.MessageBytesOut)).toBe(0);
  },

  'counts text in UTF-8 bytes, and a view without the bytes around it': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    conn.send('näïve');
    conn.send(new Uint8Array(shared('--payload--'), 2, 7));
    await hasReceived(peer, 2);
    expect(server.metrics.read(Metric.MessageBytesOut)).toBe(7 + 7);
  },

  'sends a message that another transport received': async (scene) => {
    const foreign: IncomingMessage = {
      isBinary: true,
      byteLength: 3,
      bytes: () => new Uint8Array(Buffer.from('far')),
      text: () => 'far',
      json: <T>() => 0 as T,
      copy: () => new Uint8Array(3),
    };
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    expect(conn.send(foreign)).toBe(SendStatus.Sent);
    await hasReceived(peer, 1);
    expect([textsOf(peer), peer.received[0]!.isBinary]).toEqual([['far'], true]);
  },

  'refuses to send and to publish what is neither text nor bytes': async (scene) => {
    const server = await scene.serve();
    const { conn } = await server.connectBoth();
    conn.subscribe('news');
    for (const value of [undefined, null, 42, {}, new DataView(new ArrayBuffer(1))] as never[]) {
      expectCode('HIOLOAD_OPTION_INVALID', () => conn.send(value));
      expectCode('HIOLOAD_OPTION_INVALID', () => server.transport.publish('news', value));
    }
  },

  'relays an incoming message in its own kind by default': async (scene) => {
    const server = await scene.serve({
      message: (conn, message) => {
        conn.send(message);
        conn.send(message, { binary: true });
        conn.send(message, { binary: false });
      },
    });
    const peer = await server.connect();
    peer.send('text');
    peer.send(Buffer.from('bytes'));
    await hasReceived(peer, 6);
    expect(textsOf(peer)).toEqual(['text', 'text', 'text', 'bytes', 'bytes', 'bytes']);
    expect(peer.received.map((message) => message.isBinary)).toEqual([
      false,
      true,
      false,
      true,
      true,
      false,
    ]);
  },

  'does not use the bytes after send has returned': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    const bytes = new Uint8Array(1_000);
    for (let i = 0; i < 100; i++) conn.send(bytes.fill(i));
    bytes.fill(255);
    await hasReceived(peer, 100);
    const altered = peer.received.filter(
      ({ bytes: got }, i) => got.length !== 1_000 || got.some((byte) => byte !== i),
    );
    expect(altered).toEqual([]);
  },

  'runs corked work at once, and keeps the order': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    const calls: string[] = [];
    conn.send('before');
    conn.cork(() => {
      for (const text of ['one', 'two', 'three']) calls.push(conn.send(text));
    });
    conn.send('after');
    expect(calls).toEqual([SendStatus.Sent, SendStatus.Sent, SendStatus.Sent]);
    await hasReceived(peer, 5);
    expect(textsOf(peer)).toEqual(['before', 'one', 'two', 'three', 'after']);
  },

  'corks inside of a handler and inside of a cork': async (scene) => {
    const server = await scene.serve({
      message: (conn) => {
        conn.cork(() => {
          conn.send('outer');
          conn.cork(() => void conn.send('inner'));
          conn.send('outer again');
        });
      },
    });
    const peer = await server.connect();
    peer.send('go');
    await hasReceived(peer, 3);
    expect(textsOf(peer)).toEqual(['outer', 'inner', 'outer again']);
  },

  'throws the error of corked work, and goes on': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    const mine = new Error('of the application');
    expect(() =>
      conn.cork(() => {
        conn.send('sent before');
        throw mine;
      }),
    ).toThrow(mine);
    conn.send('sent after');
    await hasReceived(peer, 2);
    expect(textsOf(peer)).toEqual(['sent before', 'sent after']);
    expect(server.faults).toEqual([]);
  },

  'corks within a cork outside of a handler, and goes on after a nested throw': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    conn.cork(() => {
      conn.send('a');
      conn.cork(() => void conn.send('b'));
    });
    expect(() =>
      conn.cork(() =>
        conn.cork(() => {
          conn.send('c');
          throw new Error('of the application');
        }),
      ),
    ).toThrow('of the application');
    expect(conn.send('d')).toBe(SendStatus.Sent);
    await hasReceived(peer, 4);
    expect(textsOf(peer)).toEqual(['a', 'b', 'c', 'd']);
  },

  'sends to a connection from the handler of another': async (scene) => {
    const server = await scene.serve({
      message: (conn, message) => {
        for (const other of server.opened) if (other !== conn) other.send(message);
        conn.send('relayed');
      },
    });
    const sender = await server.connect();
    const receiver = await server.connect();
    sender.send('hello');
    await hasReceived(receiver, 1);
    await hasReceived(sender, 1);
    expect([textsOf(sender), textsOf(receiver)]).toEqual([['relayed'], ['hello']]);
  },
};
