// Tests of `runApp`, which runs an application in a test.
import { type AppDefinition, Metric } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { runApp } from '../src/index.js';

/** A chat with rooms, written as a user would write it. */
const chat: AppDefinition<{ readonly room: string }> = {
  path: '/chat',
  protocols: ['chat.v1'],
  limits: { maxMessagesPerSecond: 3 },
  upgrade({ query }) {
    const room = new URLSearchParams(query).get('room');
    return room === null ? { status: 400, reason: 'No room.' } : { status: 101, data: { room } };
  },
  open: (conn) => conn.subscribe(conn.data.room),
  message: (conn, message) => conn.publish(conn.data.room, message),
};

describe('runApp', () => {
  it('runs an application between peers', async () => {
    const app = await runApp(chat);
    const ada = app.connect({ path: '/chat?room=1', protocols: ['chat.v1'] });
    const bob = app.connect({ path: '/chat?room=1' });
    const eve = app.connect({ path: '/chat?room=2' });
    ada.send('hello');
    expect([ada.texts, bob.texts, eve.texts]).toEqual([[], ['hello'], []]);
    expect([ada.protocol, bob.protocol]).toEqual(['chat.v1', '']);
    app.publish('2', 'from elsewhere');
    expect(eve.texts).toEqual(['from elsewhere']);
    expect(app.faults).toEqual([]);
    await app.stop();
  });

  it('refuses a peer as the application says', async () => {
    const app = await runApp(chat);
    const stranger = app.connect({ path: '/chat' });
    expect([stranger.state, stranger.refusal?.status, stranger.refusal?.body]).toEqual([
      'refused',
      400,
      'No room.',
    ]);
    expect(app.connect({ path: '/?room=1' }).refusal?.status).toBe(404);
    expect([app.metrics.read(Metric.RejectedByApp), app.metrics.read(Metric.RejectedPath)]).toEqual(
      [1, 1],
    );
  });

  it('moves time for limits, and prefers the limits of the operator', async () => {
    const app = await runApp(chat, { limits: { maxMessagesPerSecond: 2 } });
    const ada = app.connect({ path: '/chat?room=1' });
    for (const text of ['1', '2']) ada.send(text);
    app.clock.advance(500);
    ada.send('3');
    expect(ada.state).toBe('open');
    ada.send('4');
    expect(ada.closedWith?.code).toBe(1_008);
  });

  it('runs the hooks start and stop around everything else', async () => {
    const calls: string[] = [];
    const app = await runApp(
      {
        start: async ({ reactor, reactors, log }) => {
          await Promise.resolve();
          log.info(`reactor ${reactor} of ${reactors}`);
          calls.push('start');
        },
        open: () => calls.push('open'),
        close: (_conn, code) => calls.push(`close ${code}`),
        stop: ({ publish }) => {
          expect(publish('news', 'too late')).toEqual({ reactors: 0, lanesFull: 0 });
          calls.push('stop');
        },
      },
      { reactor: 1, reactors: 4 },
    );
    const peer = app.connect();
    await Promise.all([app.stop(), app.stop()]);
    expect(calls).toEqual(['start', 'open', 'close 1001', 'stop']);
    expect(peer.closedWith).toEqual({ code: 1_001, reason: '' });
    expect(app.log.messages('info')).toEqual(['reactor 1 of 4']);
    expect(app.admission.booked).toBe(0);
    expect(app.connect().state).toBe('unreachable');
  });

  it('publishes from the start hook on', async () => {
    let tick: (() => void) | undefined;
    const app = await runApp({
      start: ({ publish }) => {
        tick = () => void publish('ticks', 'tick');
      },
      open: (conn) => conn.subscribe('ticks'),
    });
    const peer = app.connect();
    tick?.();
    expect(peer.texts).toEqual(['tick']);
  });

  it('rejects if the start hook fails', async () => {
    const mine = new Error('no database');
    const failing = runApp({
      start: () => {
        throw mine;
      },
    });
    await expect(failing).rejects.toMatchObject({ code: 'HIOLOAD_MODULE_FAILED', cause: mine });
  });
});
