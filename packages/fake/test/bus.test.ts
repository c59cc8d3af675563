// Tests of the fake bus.
import {
  type AppContext,
  type AppDefinition,
  type ConnId,
  Metric,
  type Subscription,
} from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { type AppHarness, FakeBus, runApp } from '../src/index.js';

const chat: AppDefinition = {
  open: (conn) => conn.subscribe('room'),
  message: (conn, message) => conn.publish('room', message),
};

async function twoReactors(
  app: AppDefinition,
  bus = new FakeBus(),
): Promise<[AppHarness<unknown>, AppHarness<unknown>]> {
  const both = { bus, reactors: 2 };
  return [await runApp(app, { ...both, reactor: 0 }), await runApp(app, { ...both, reactor: 1 })];
}

describe('FakeBus', () => {
  it('publishes between reactors, each message once', async () => {
    const [first, second] = await twoReactors(chat);
    const [ada, bob, eve] = [first.connect(), first.connect(), second.connect()];
    ada.send('hello');
    expect([ada.texts, bob.texts, eve.texts]).toEqual([[], ['hello'], ['hello']]);
    expect(second.context.publish('room', 'to all')).toEqual({ reactors: 2, lanesFull: 0 });
    expect(second.context.publish('nobody', 'there')).toEqual({ reactors: 0, lanesFull: 0 });
    expect([ada.texts, eve.texts]).toEqual([['to all'], ['hello', 'to all']]);
    await second.stop();
    expect(first.context.publish('room', 'alone')).toEqual({ reactors: 1, lanesFull: 0 });
  });

  it('lets an application listen to its own reactor and to others', async () => {
    const heard: string[] = [];
    const subscriptions: Subscription[] = [];
    const listen = ({ reactor, subscribe }: AppContext): void => {
      subscriptions.push(
        subscribe('room', (topic, message) => heard.push(`${reactor} ${topic} ${message.text()}`)),
      );
    };
    const [first, second] = await twoReactors({ ...chat, start: listen });
    first.connect().send('hello');
    // The bus does not promise which reactor hears the message first.
    expect(new Set(heard.splice(0))).toEqual(new Set(['0 room hello', '1 room hello']));
    subscriptions[1]!.unsubscribe();
    subscriptions[1]!.unsubscribe();
    second.publish('room', 'from elsewhere');
    first.publish('room', 'from elsewhere');
    expect(heard).toEqual(['0 room from elsewhere']);
  });

  it('delivers a message of a listener after the message that it heard, everywhere', async () => {
    const [first, second] = await twoReactors(chat);
    first.context.subscribe('room', (_, message) => {
      if (message.text() === 'cause') first.context.publish('room', 'effect');
    });
    const [ada, eve] = [first.connect(), second.connect()];
    first.context.publish('room', 'cause');
    expect([ada.texts, eve.texts]).toEqual([
      ['cause', 'effect'],
      ['cause', 'effect'],
    ]);
  });

  it('counts and logs the faults of listeners', async () => {
    const app = await runApp(chat);
    app.context.subscribe('room', () => {
      throw new Error('thrown');
    });
    app.context.subscribe('room', () => Promise.reject(new Error('rejected')));
    app.context.publish('room', 'x');
    await Promise.resolve();
    expect(app.metrics.read(Metric.HandlerFaults)).toBe(2);
    expect(app.log.lines.map(({ level }) => level)).toEqual(['error', 'error']);
  });

  it('sends to a connection of any reactor, and ends it', async () => {
    const ids: ConnId[] = [];
    const [first, second] = await twoReactors({ open: (conn) => void ids.push(conn.id) });
    const peers = [first.connect(), second.connect()];
    expect(ids.map((id) => first.context.send(id, 'hello'))).toEqual(['sent', 'sent']);
    expect(peers.map(({ texts }) => texts)).toEqual([['hello'], ['hello']]);
    expect(ids.map((id) => first.context.end(id, 4000, 'bye'))).toEqual(['sent', 'sent']);
    for (const { closedWith } of peers) expect(closedWith).toEqual({ code: 4000, reason: 'bye' });
    expect(first.context.send(ids[0]!, 'late')).toBe('closed');
    expect(first.context.send((5 * 2 ** 43) as ConnId, 'to no reactor')).toBe('closed');
    expect(second.context.send(0 as ConnId, 'to nobody')).toBe('closed');
    expect(second.context.end(0 as ConnId)).toBe('closed');
  });

  it.each([
    ['as long as on the bus between threads', new FakeBus(), 1_048_576],
    ['as long as a test says', new FakeBus({ maxPayloadBytes: 100 }), 100],
  ])('carries no message to other reactors that is not %s', async (_, bus, most) => {
    const ids: ConnId[] = [];
    const open: AppDefinition['open'] = (conn) => {
      ids.push(conn.id);
      conn.subscribe('room');
    };
    const [first, second] = await twoReactors({ open, limits: { maxBufferedBytes: 2 ** 24 } }, bus);
    const [ada, eve] = [first.connect(), second.connect()];
    const [longest, longer] = [most, most + 1].map((length) => 'x'.repeat(length)) as [
      string,
      string,
    ];
    expect(first.context.publish('room', longest)).toEqual({ reactors: 2, lanesFull: 0 });
    expect(first.context.publish('room', longer)).toEqual({ reactors: 1, lanesFull: 1 });
    expect(first.context.publish('nobody', longer)).toEqual({ reactors: 0, lanesFull: 0 });
    expect(ids.map((id) => first.context.send(id, longer))).toEqual(['sent', 'dropped']);
    expect(second.publish('room', longer)).toEqual({ reactors: 0, lanesFull: 1 });
    expect(ada.texts.map(({ length }) => length)).toEqual([most, most + 1, most + 1]);
    expect(eve.texts.map(({ length }) => length)).toEqual([most]);
    expect(first.metrics.read(Metric.DroppedTooLong)).toBe(2);
  });

  it('accepts each reactor number once', async () => {
    const bus = new FakeBus();
    await runApp(chat, { bus });
    await expect(runApp(chat, { bus })).rejects.toMatchObject({ code: 'HIOLOAD_STATE' });
  });
});
