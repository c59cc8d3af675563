// Tests of listeners: functions of the application that are subscribed to a topic.
import { type IncomingMessage, Metric, type Subscription } from '@hioload/api';
import { afterEach, describe, expect, it } from 'vitest';
import { TopicListeners } from '../../src/bus/topic-listeners.js';
import { BusMachine, settle, type TestReactor } from './machine.js';

let machine: BusMachine;
let first: TestReactor;
let second: TestReactor;
afterEach(() => machine.dispose());

async function start(): Promise<void> {
  machine = new BusMachine(2);
  [first, second] = [await machine.join(0), await machine.join(1)];
}

describe('a listener', () => {
  it('is refused at the call where it is no function', async () => {
    await start();
    for (const [listener, got] of [
      [undefined, 'undefined'],
      [5, 'the number 5'],
    ] as const) {
      const message = `the listener of a topic must be a function; got ${got}`;
      expect(() => first.bus.subscribe('news', listener as never)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID', message }),
      );
    }
    expect(second.bus.publish('news', 'to nobody')).toEqual({ reactors: 0, lanesFull: 0 });
  });

  it('hears every publish, by connections and by the application, until it ends', async () => {
    await start();
    const heard: string[] = [];
    const subscription = first.bus.subscribe('news', (topic, message) =>
      heard.push(`${topic} ${message.isBinary} ${message.text()}`),
    );
    const [here, there] = [first.transport.connect(), second.transport.connect()];
    first.bus.publish('news', 'own');
    here.conn!.publish('news', Buffer.from('bytes'));
    expect(heard).toEqual(['news false own', 'news true bytes']);
    expect(there.conn!.publish('news', 'far')).toEqual({ reactors: 1, lanesFull: 0 });
    second.bus.publish('other', 'not for it');
    await settle();
    expect(heard.splice(0)).toEqual(['news false own', 'news true bytes', 'news false far']);
    subscription.unsubscribe();
    subscription.unsubscribe();
    first.bus.publish('news', 'late');
    expect(second.bus.publish('news', 'late')).toEqual({ reactors: 0, lanesFull: 0 });
    await settle();
    expect(heard).toEqual([]);
  });

  it('may read a message in every way, as long as it runs', async () => {
    await start();
    const kept: IncomingMessage[] = [];
    const read: unknown[] = [];
    first.bus.subscribe('json', (_, message) => {
      kept.push(message);
      read.push(
        message.byteLength,
        message.json(),
        message.bytes().length,
        Buffer.from(message.copy()).toString(),
      );
    });
    second.bus.publish('json', '{"a":1}');
    await settle();
    expect(read).toEqual([7, { a: 1 }, 7, '{"a":1}']);
    for (const use of ['bytes', 'text', 'copy', 'json'] as const) {
      expect(() => kept[0]![use]()).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_MESSAGE_EXPIRED' }),
      );
    }
    expect(() => kept[0]!.byteLength).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_MESSAGE_EXPIRED' }),
    );
  });

  it('may publish, subscribe and unsubscribe', async () => {
    await start();
    const heard: string[] = [];
    const subscriptions: Subscription[] = [];
    subscriptions.push(
      first.bus.subscribe('ping', (_, message) => {
        first.bus.publish('pong', message);
        heard.push(`ping ${message.text()}`);
        subscriptions[1]!.unsubscribe();
        first.bus.subscribe('ping', () => heard.push('too new for this one'));
      }),
      first.bus.subscribe('ping', () => heard.push('ended by the one before')),
    );
    first.bus.subscribe('pong', (_, message) => heard.push(`pong ${message.text()}`));
    first.bus.publish('ping', '1');
    expect(heard).toEqual(['pong 1', 'ping 1']);
  });

  it('publishes after the message that it heard, on every other reactor', async () => {
    await start();
    first.bus.subscribe('news', (_, message) => {
      if (message.text() === 'cause') first.bus.publish('news', 'effect');
    });
    const peers = [first.subscriber('news'), second.subscriber('news')];
    first.bus.publish('news', 'cause');
    first.transport.connect().conn!.publish('news', 'cause');
    await settle();
    for (const { texts } of peers) expect(texts).toEqual(['cause', 'effect', 'cause', 'effect']);
  });

  it('may publish to itself without end: that fails, and later messages are heard', async () => {
    await start();
    const heard: string[] = [];
    const loop = first.bus.subscribe('news', (_, message) => first.bus.publish('news', message));
    second.bus.publish('news', 'x');
    await settle();
    expect(first.faults.length).toBeGreaterThan(0);
    loop.unsubscribe();
    first.bus.subscribe('news', (_, message) => heard.push(message.text()));
    second.bus.publish('news', 'y');
    await settle();
    expect(heard).toEqual(['y']);
  });

  it('costs nothing but a count and a line of the log when it throws or rejects', async () => {
    await start();
    const heard: string[] = [];
    first.bus.subscribe('news', () => {
      throw new Error('thrown');
    });
    first.bus.subscribe('news', () => Promise.reject(new Error('rejected')));
    first.bus.subscribe('news', (_, message) => heard.push(message.text()));
    const peer = first.subscriber('news');
    second.bus.publish('news', 'x');
    await settle();
    expect([heard, peer.texts]).toEqual([['x'], ['x']]);
    expect(first.metrics.read(Metric.HandlerFaults)).toBe(2);
    expect(first.faults.map(({ code, cause }) => [code, (cause as Error).message])).toEqual([
      ['HIOLOAD_HANDLER_FAILED', 'thrown'],
      ['HIOLOAD_HANDLER_FAILED', 'rejected'],
    ]);
  });

  it.each(['oldest first', 'newest first'])(
    'comes and goes beside many others as fast as alone: %s',
    (order) => {
      const comeAndGo = (topicOf: (i: number) => string): number => {
        const none = (): void => undefined;
        const listeners = new TopicListeners({ topicGained: none, topicLost: none, onFault: none });
        const before = process.cpuUsage();
        const subscriptions = Array.from({ length: 20_000 }, (_, i) =>
          listeners.add(topicOf(i), none),
        );
        if (order === 'newest first') subscriptions.reverse();
        for (const subscription of subscriptions) subscription.unsubscribe();
        return process.cpuUsage(before).user;
      };
      const alone = comeAndGo((i) => `topic ${i}`);
      // If each listener looked at all others, this would take some hundred times as long.
      expect(comeAndGo(() => 'one topic')).toBeLessThan(10 * alone);
    },
  );

  it('added during a delivery, after the last one left, does not get that message', async () => {
    await start();
    const heard: string[] = [];
    const subscription = first.bus.subscribe('news', () => {
      subscription.unsubscribe();
      first.bus.subscribe('news', (_, message) => heard.push(message.text()));
    });
    first.bus.publish('news', 'first');
    first.bus.publish('news', 'second');
    expect(heard).toEqual(['second']);
    expect(second.bus.publish('news', 'x').reactors).toBe(1);
  });

  it('shares a topic with connections: the interest lasts while either is there', async () => {
    await start();
    const subscription = first.bus.subscribe('news', () => undefined);
    const peer = first.subscriber('news');
    peer.conn!.terminate();
    expect(second.bus.publish('news', 'x').reactors).toBe(1);
    first.subscriber('news');
    subscription.unsubscribe();
    expect(second.bus.publish('news', 'x').reactors).toBe(1);
  });
});
