// Cases of the transport contract: topics and subscriptions.
import type { WebSocketConn } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import {
  type CaseGroup,
  expectCode,
  hasReceived,
  type Scene,
  type Server,
  textsOf,
} from '../scene.js';
import type { Peer } from '../harness.js';

interface Both {
  readonly peer: Peer;
  readonly conn: WebSocketConn;
}

/**
 * A server with so many connections, all subscribed to `news`. Each echoes what it is sent: a way
 * to know what came before.
 */
async function subscribers(
  scene: Scene,
  count: number,
): Promise<{ readonly server: Server; readonly all: Both[] }> {
  const server = await scene.serve({ message: (conn, message) => void conn.send(message) });
  const all: Both[] = [];
  for (let i = 0; i < count; i++) {
    const both = await server.connectBoth();
    expect(both.conn.subscribe('news')).toBe(true);
    all.push(both);
  }
  return { server, all };
}

/** Waits until all that was on its way to a peer has arrived. */
async function settled({ peer }: Both): Promise<string[]> {
  const mark = `mark ${Math.random()}`;
  peer.send(mark);
  await eventually('the mark comes back', () => textsOf(peer).includes(mark));
  return textsOf(peer).filter((text) => !text.startsWith('mark'));
}

const TAKEN = { reactors: 1, lanesFull: 0 };
const NOT_WANTED = { reactors: 0, lanesFull: 0 };

export const topicCases: CaseGroup = {
  'publishes to every other subscriber and not to itself': async (scene) => {
    const { all } = await subscribers(scene, 3);
    const [publisher, ...others] = all;
    expect(publisher!.conn.publish('news', 'flash')).toEqual(TAKEN);
    for (const other of others) await hasReceived(other.peer, 1);
    expect(await settled(publisher!)).toEqual([]);
    for (const other of others) expect(await settled(other)).toEqual(['flash']);
  },

  'reaches no connection if the publisher is the only subscriber': async (scene) => {
    const { all } = await subscribers(scene, 1);
    expect(all[0]!.conn.publish('news', 'flash')).toEqual(NOT_WANTED);
    expect(await settled(all[0]!)).toEqual([]);
  },

  'publishes to a topic without a subscription of its own': async (scene) => {
    const { server, all } = await subscribers(scene, 1);
    const outsider = await server.connectBoth();
    expect(outsider.conn.publish('news', 'from outside')).toEqual(TAKEN);
    expect(await settled(all[0]!)).toEqual(['from outside']);
    expect(await settled(outsider)).toEqual([]);
  },

  'publishes from the transport to every subscriber': async (scene) => {
    const { server, all } = await subscribers(scene, 2);
    expect(server.transport.publish('news', 'flash')).toEqual(TAKEN);
    for (const both of all) expect(await settled(both)).toEqual(['flash']);
    expect(server.transport.publish('nothing', 'flash')).toEqual(NOT_WANTED);
    expect(all[0]!.conn.publish('nothing', 'flash')).toEqual(NOT_WANTED);
  },

  'publishes from a handler': async (scene) => {
    const server = await scene.serve({
      open: (conn) => void conn.subscribe('room'),
      message: (conn, message) => void conn.publish('room', message),
    });
    const speaker = await server.connect();
    const listener = await server.connect();
    speaker.send('hello');
    speaker.send(Buffer.from('bytes'));
    await hasReceived(listener, 2);
    expect(textsOf(listener)).toEqual(['hello', 'bytes']);
    expect(listener.received.map((message) => message.isBinary)).toEqual([false, true]);
    expect(speaker.received).toEqual([]);
  },

  'publishes each form of message, as text or binary': async (scene) => {
    const { server, all } = await subscribers(scene, 1);
    const shared = new Uint8Array(new SharedArrayBuffer(8));
    shared.set(Buffer.from('-shared-'));
    server.transport.publish('news', 'text');
    server.transport.publish('news', 'text', { binary: true });
    server.transport.publish('news', Buffer.from('bytes'));
    server.transport.publish('news', Buffer.from('bytes'), { binary: false });
    server.transport.publish('news', shared.subarray(1, 7));
    const { peer } = all[0]!;
    await hasReceived(peer, 5);
    expect(textsOf(peer)).toEqual(['text', 'text', 'bytes', 'bytes', 'shared']);
    expect(peer.received.map((message) => message.isBinary)).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  },

  'publishes long messages out of shared memory': async (scene) => {
    const { server, all } = await subscribers(scene, 1);
    const shared = new SharedArrayBuffer(40_000);
    new Uint8Array(shared).fill(7);
    server.transport.publish('news', shared);
    // The bytes belong to the caller again.
    new Uint8Array(shared).fill(0);
    await hasReceived(all[0]!.peer, 1);
    const [{ bytes, isBinary }] = all[0]!.peer.received as [(typeof all)[0]['peer']['received'][0]];
    expect([isBinary, Buffer.from(bytes).equals(Buffer.alloc(40_000, 7))]).toEqual([true, true]);
  },

  'keeps the order of messages published by the transport and sent to a connection': async (
    scene,
  ) => {
    const { server, all } = await subscribers(scene, 1);
    const [{ peer, conn }] = all as [Both];
    for (let i = 0; i < 200; i++) {
      if (i % 3 === 0) conn.send(`${i}`);
      else server.transport.publish('news', `${i}`);
    }
    await hasReceived(peer, 200);
    expect(textsOf(peer)).toEqual(Array.from({ length: 200 }, (_, i) => `${i}`));
  },

  'reaches the subscribers of that moment, and no former subscriber': async (scene) => {
    const { server, all } = await subscribers(scene, 2);
    const [staying, leaving] = all as [Both, Both];
    server.transport.publish('news', 'first');
    expect(leaving.conn.unsubscribe('news')).toBe(true);
    server.transport.publish('news', 'second');
    expect(await settled(leaving)).toEqual(['first']);
    expect(await settled(staying)).toEqual(['first', 'second']);
    staying.conn.end();
    expect(server.transport.publish('news', 'third')).toEqual(NOT_WANTED);
  },

  'does not use the bytes after publish has returned': async (scene) => {
    const { server, all } = await subscribers(scene, 2);
    const bytes = Buffer.from('0');
    for (let i = 0; i < 10; i++) {
      bytes.write(String(i));
      server.transport.publish('news', bytes);
    }
    bytes.write('X');
    for (const { peer } of all) {
      await hasReceived(peer, 10);
      expect(textsOf(peer).join('')).toBe('0123456789');
    }
  },

  'keeps the order of messages that one connection publishes and sends': async (scene) => {
    const { all } = await subscribers(scene, 2);
    const [publisher, other] = all;
    for (let i = 0; i < 100; i++) {
      if (i % 2 === 0) publisher!.conn.publish('news', `${i}`);
      else other!.conn.send(`${i}`);
    }
    await hasReceived(other!.peer, 100);
    expect(textsOf(other!.peer)).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  },

  'subscribes and unsubscribes': async (scene) => {
    const { server, all } = await subscribers(scene, 1);
    const { conn } = all[0]!;
    expect(conn.subscribe('news')).toBe(true);
    expect(conn.isSubscribed('news')).toBe(true);
    expect(conn.isSubscribed('other')).toBe(false);
    expect(conn.unsubscribe('other')).toBe(false);
    expect(conn.unsubscribe('news')).toBe(true);
    expect(conn.unsubscribe('news')).toBe(false);
    expect(conn.isSubscribed('news')).toBe(false);
    expect(server.transport.publish('news', 'flash')).toEqual(NOT_WANTED);
    expect(await settled(all[0]!)).toEqual([]);
  },

  'delivers once to a connection that subscribed twice': async (scene) => {
    const { server, all } = await subscribers(scene, 1);
    all[0]!.conn.subscribe('news');
    server.transport.publish('news', 'flash');
    expect(await settled(all[0]!)).toEqual(['flash']);
  },

  'ends all subscriptions with the connection': async (scene) => {
    const { server, all } = await subscribers(scene, 2);
    const [leaving, staying] = all;
    leaving!.peer.close(1000);
    await eventually('it has left', () => server.transport.connectionCount === 1);
    expect(server.transport.publish('news', 'flash')).toEqual(TAKEN);
    expect(await settled(staying!)).toEqual(['flash']);
    staying!.conn.terminate();
    expect(server.transport.publish('news', 'flash')).toEqual(NOT_WANTED);
  },

  'compares topics byte by byte, without patterns': async (scene) => {
    const { server, all } = await subscribers(scene, 1);
    for (const topic of ['#', '+', '*', 'a/#', 'a/*', 'NEWS', 'news ', 'a\u0301', 'a\0b'])
      all[0]!.conn.subscribe(topic);
    for (const topic of ['x', 'a/b', 'News', ' news', 'á', 'a']) {
      expect(server.transport.publish(topic, topic)).toEqual(NOT_WANTED);
    }
    for (const topic of ['#', 'a/*', 'a\u0301', 'a\0b'])
      expect(server.transport.publish(topic, topic)).toEqual(TAKEN);
    expect(await settled(all[0]!)).toEqual(['#', 'a/*', 'a\u0301', 'a\0b']);
  },

  'refuses an empty, too long or malformed topic in every call': async (scene) => {
    const { server, all } = await subscribers(scene, 1);
    const { conn } = all[0]!;
    const invalid = ['', 'x'.repeat(257), 'é'.repeat(129), 'half \ud83d', '\ude00 half'];
    for (const topic of [...invalid, 7 as never, undefined as never]) {
      expectCode('HIOLOAD_TOPIC_INVALID', () => conn.subscribe(topic));
      expectCode('HIOLOAD_TOPIC_INVALID', () => conn.unsubscribe(topic));
      expectCode('HIOLOAD_TOPIC_INVALID', () => conn.isSubscribed(topic));
      expectCode('HIOLOAD_TOPIC_INVALID', () => conn.publish(topic, 'x'));
      expectCode('HIOLOAD_TOPIC_INVALID', () => server.transport.publish(topic, 'x'));
    }
    for (const topic of ['x', 'x'.repeat(256), 'é'.repeat(128), '\u{1f600}'])
      expect(conn.subscribe(topic)).toBe(true);
    expect(await settled(all[0]!)).toEqual([]);
  },
};
