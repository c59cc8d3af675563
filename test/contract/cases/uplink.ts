// Cases of the transport contract: the uplink to the bus.
import { type ConnId, publishResult, type Uplink, type WebSocketConn } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import {
  type CaseGroup,
  closeOf,
  hasReceived,
  type Scene,
  type Server,
  textsOf,
} from '../scene.js';

/** An uplink that keeps what it was told, and whose reactors all take what is published. */
class NotedUplink implements Uplink {
  /** `+topic` and `-topic`, in order. */
  readonly topics: string[] = [];
  readonly published: {
    readonly topic: string;
    readonly text: string;
    readonly binary: boolean | undefined;
  }[] = [];
  result = publishResult(2, 1);

  topicGained(topic: string): void {
    this.topics.push(`+${topic}`);
  }

  topicLost(topic: string): void {
    this.topics.push(`-${topic}`);
  }

  publish(
    ...[topic, message, options]: Parameters<Uplink['publish']>
  ): ReturnType<Uplink['publish']> {
    const text = typeof message === 'string' ? message : textOf(message);
    this.published.push({ topic, text, binary: options?.binary });
    return this.result;
  }
}

function textOf(message: Exclude<Parameters<Uplink['publish']>[1], string>): string {
  const bytes = 'bytes' in message ? message.bytes() : message;
  return Buffer.from(bytes as Uint8Array).toString();
}

async function linked(
  scene: Scene,
): Promise<{ readonly server: Server; readonly uplink: NotedUplink }> {
  const uplink = new NotedUplink();
  return { server: await scene.serve({}, { uplink }), uplink };
}

const gone = (server: Server, left: number): Promise<void> =>
  eventually(`${left} connections are left`, () => server.transport.connectionCount === left);

export const uplinkCases: CaseGroup = {
  'reports the first and the last subscriber of a topic, each once': async (scene) => {
    const { server, uplink } = await linked(scene);
    const one = await server.connectBoth();
    const two = await server.connectBoth();
    for (const { conn } of [one, two, one]) conn.subscribe('news');
    expect(uplink.topics).toEqual(['+news']);
    one.conn.unsubscribe('news');
    one.conn.unsubscribe('news');
    one.conn.unsubscribe('other');
    expect(uplink.topics).toEqual(['+news']);
    two.conn.unsubscribe('news');
    expect(uplink.topics).toEqual(['+news', '-news']);
    two.conn.subscribe('news');
    expect(uplink.topics).toEqual(['+news', '-news', '+news']);
  },

  'reports the end of the last subscriber, in whatever way the connection ends': async (scene) => {
    const { server, uplink } = await linked(scene);
    const ends: ((both: {
      conn: WebSocketConn;
      peer: Awaited<ReturnType<Server['connect']>>;
    }) => void)[] = [
      ({ conn }) => conn.end(),
      ({ conn }) => conn.terminate(),
      ({ peer }) => peer.close(1000),
      ({ peer }) => peer.vanish(),
    ];
    for (const end of ends) {
      const both = await server.connectBoth();
      for (const topic of ['a', 'b', 'c']) both.conn.subscribe(topic);
      both.conn.unsubscribe('b');
      end(both);
      await gone(server, 0);
      both.conn.unsubscribe('a');
      expect(both.conn.subscribe('a')).toBe(false);
      expect(uplink.topics.splice(0)).toEqual(['+a', '+b', '+c', '-b', '-a', '-c']);
    }
  },

  'keeps a topic until the last of several subscribers has ended': async (scene) => {
    const { server, uplink } = await linked(scene);
    const all = [
      await server.connectBoth(),
      await server.connectBoth(),
      await server.connectBoth(),
    ];
    for (const { conn } of all) conn.subscribe('news');
    all[0]!.conn.terminate();
    all[1]!.peer.close(1000);
    await gone(server, 1);
    expect(uplink.topics).toEqual(['+news']);
    all[2]!.conn.end();
    expect(uplink.topics).toEqual(['+news', '-news']);
  },

  'has reported lost topics before the close handler runs': async (scene) => {
    const uplink = new NotedUplink();
    const seen: string[][] = [];
    const close = (): void => void seen.push([...uplink.topics]);
    const server = await scene.serve({ close }, { uplink });
    const { conn } = await server.connectBoth();
    conn.subscribe('news');
    conn.terminate();
    expect(seen).toEqual([['+news', '-news']]);
  },

  'reports each topic once although hooks end connections': async (scene) => {
    const uplink = new NotedUplink();
    const server = await scene.serve(
      {
        open: (conn) => void conn.subscribe('room'),
        message: (conn, message) => {
          conn.subscribe(message.text());
          conn.end();
          conn.subscribe('too late');
        },
        close: () => server.transport.forEachConnection((conn) => conn.terminate()),
      },
      { uplink },
    );
    const peers = [await server.connect(), await server.connect(), await server.connect()];
    await eventually('all are open', () => server.transport.connectionCount === 3);
    peers[1]!.send('own');
    await gone(server, 0);
    expect(uplink.topics.slice(0, 2)).toEqual(['+room', '+own']);
    expect(uplink.topics.slice(2).toSorted()).toEqual(['-own', '-room']);
  },

  'reports lost topics when the transport closes': async (scene) => {
    const { server, uplink } = await linked(scene);
    for (let i = 0; i < 3; i++) {
      const { conn } = await server.connectBoth();
      conn.subscribe('shared');
      conn.subscribe(`own ${i}`);
    }
    uplink.topics.splice(0);
    server.transport.close();
    expect(uplink.topics.toSorted()).toEqual(['-own 0', '-own 1', '-own 2', '-shared']);
  },

  'hands publishes of a connection to the uplink, and adds its result': async (scene) => {
    const { server, uplink } = await linked(scene);
    const { conn: publisher } = await server.connectBoth();
    const subscriber = await server.connectBoth();
    expect(publisher.publish('news', 'to nobody here')).toEqual({ reactors: 2, lanesFull: 1 });
    subscriber.conn.subscribe('news');
    expect(publisher.publish('news', Buffer.from('bytes'), { binary: false })).toEqual({
      reactors: 3,
      lanesFull: 1,
    });
    uplink.result = publishResult(0, 0);
    expect(publisher.publish('news', 'text')).toEqual({ reactors: 1, lanesFull: 0 });
    await hasReceived(subscriber.peer, 2);
    expect(textsOf(subscriber.peer)).toEqual(['bytes', 'text']);
    expect(uplink.published.map(({ topic, text }) => `${topic}: ${text}`)).toEqual([
      'news: to nobody here',
      'news: bytes',
      'news: text',
    ]);
    publisher.terminate();
    expect(publisher.publish('news', 'late')).toEqual({ reactors: 0, lanesFull: 0 });
    expect(uplink.published).toHaveLength(3);
  },

  'hands an incoming message to the uplink as it is': async (scene) => {
    const uplink = new NotedUplink();
    const server = await scene.serve(
      { message: (conn, message) => conn.publish('news', message) },
      { uplink },
    );
    const peer = await server.connect();
    peer.send('hello');
    await eventually('it was published', () => uplink.published.length > 0);
    expect(uplink.published[0]!.text).toBe('hello');
  },

  'does not hand publishes of the transport to the uplink': async (scene) => {
    const { server, uplink } = await linked(scene);
    const { peer, conn } = await server.connectBoth();
    conn.subscribe('news');
    expect(server.transport.publish('news', 'flash')).toEqual({ reactors: 1, lanesFull: 0 });
    await hasReceived(peer, 1);
    expect(uplink.published).toEqual([]);
  },

  'delivers bytes out of shared memory to every subscriber, and returns their number': async (
    scene,
  ) => {
    const { server, uplink } = await linked(scene);
    const all = [await server.connectBoth(), await server.connectBoth()];
    for (const { conn } of all) conn.subscribe('news');
    const shared = new Uint8Array(new SharedArrayBuffer(64), 8);
    shared.set(Buffer.from('..text..'));
    expect(server.transport.deliver('news', shared, 2, 6, false)).toBe(2);
    expect(server.transport.deliver('news', shared, 2, 6, true)).toBe(2);
    expect(server.transport.deliver('news', shared, 4, 4, true)).toBe(2);
    expect(server.transport.deliver('other', shared, 2, 6, true)).toBe(0);
    shared.fill(0);
    for (const { peer } of all) {
      await hasReceived(peer, 3);
      expect(textsOf(peer)).toEqual(['text', 'text', '']);
      expect(peer.received.map(({ isBinary }) => isBinary)).toEqual([false, true, true]);
    }
    expect(uplink.published).toEqual([]);
  },

  'does not use delivered bytes after the call, even behind a slow peer': async (scene) => {
    const { server } = await linked(scene);
    const { peer, conn } = await server.connectBoth();
    conn.subscribe('news');
    peer.stopReading();
    const shared = new Uint8Array(new SharedArrayBuffer(65_536));
    for (let i = 0; i < 8; i++) {
      shared.fill(i);
      server.transport.deliver('news', shared, 0, shared.length, true);
    }
    shared.fill(0xff);
    peer.resumeReading();
    await hasReceived(peer, 8);
    expect(peer.received.map(({ bytes }) => [bytes[0], bytes.at(-1), bytes.length])).toEqual(
      Array.from({ length: 8 }, (_, i) => [i, i, 65_536]),
    );
  },

  'finds an open connection by its id, and no other': async (scene) => {
    const { server } = await linked(scene);
    const { conn } = await server.connectBoth();
    const { peer: other, conn: otherConn } = await server.connectBoth();
    expect(server.transport.connection(conn.id)).toBe(conn);
    expect(server.transport.connection(otherConn.id)).toBe(otherConn);
    expect(server.transport.connection((otherConn.id + 1) as ConnId)).toBeUndefined();
    otherConn.end(4000);
    expect(server.transport.connection(otherConn.id)).toBeUndefined();
    expect((await closeOf(other)).code).toBe(4000);
  },
};
