// End-to-end tests of publishing on a server with several reactors.
import type { LoopMode, TransportChoice } from '@hioload/reactor';
import { NET_FEATURES } from '@hioload/transport/net';
import { leaveOutIf } from '@hioload/test-support/left-out';
import { eventually } from '@hioload/test-support/waiting';
import { describe, expect, it } from 'vitest';
import { shareServer, startReactors } from '../server/start-server.js';
import { openOnEach, type TopicClient } from './client.js';
import { settledFigures } from './figures.js';

const REACTORS = 3;

async function oneOnEach(url: string): Promise<TopicClient[]> {
  return (await openOnEach(url, REACTORS)).flat();
}

const { sharesPort } = NET_FEATURES;
leaveOutIf(!sharesPort, {
  what: 'several reactors on the net transport',
  reason: `Node ${process.versions.node} cannot share a port`,
  command: 'npm test, on Node 22.12 or newer',
});

const WAYS: [TransportChoice, LoopMode][] = [
  ['auto', 'park'],
  ['auto', 'adaptive'],
  ['auto', 'spin'],
  ...(sharesPort ? ([['net', 'park']] satisfies [TransportChoice, LoopMode][]) : []),
];

describe('a server of several reactors', () => {
  it.each(WAYS)('publishes to all of them (transport: %s, loop: %s)', async (transport, loop) => {
    const { url, adminUrl, server } = await startReactors(REACTORS, 'topics.ts', {
      transport,
      loop,
    });
    const clients = await oneOnEach(url);
    for (const client of clients) expect(await client.subscribe('news')).toBe(true);
    const [first, second] = clients as [TopicClient, TopicClient, TopicClient];
    const fromConnection = await first.ask({
      do: 'publish',
      topic: 'news',
      payload: 'from a connection',
    });
    expect(fromConnection).toEqual({ reactors: REACTORS - 1, lanesFull: 0 });
    const fromApp = await second.ask({
      do: 'publish-from-app',
      topic: 'news',
      payload: 'from the app',
    });
    expect(fromApp).toEqual({ reactors: REACTORS, lanesFull: 0 });
    expect(server.publish('news', 'from the supervisor')).toEqual({
      reactors: REACTORS,
      lanesFull: 0,
    });
    expect(server.publish('nothing', 'x')).toEqual({ reactors: 0, lanesFull: 0 });
    await eventually('all have heard', () =>
      clients.every(({ heard }, i) => heard.length >= (i === 0 ? 2 : 3)),
    );
    await settledFigures(adminUrl);
    expect(clients.map(({ heard }) => heard.toSorted())).toEqual([
      ['from the app', 'from the supervisor'],
      ['from a connection', 'from the app', 'from the supervisor'],
      ['from a connection', 'from the app', 'from the supervisor'],
    ]);
  });

  it('logs its losses before it ends', async () => {
    const { url, server, line } = await startReactors(REACTORS, 'topics.ts', {
      bus: { maxPayloadBytes: 1_000 },
    });
    const clients = await oneOnEach(url);
    for (const client of clients) await client.subscribe('news');
    expect(server.publish('news', 'x'.repeat(1_001))).toEqual({ reactors: 0, lanesFull: REACTORS });
    await server.drain('the test is over');
    expect((await line(/^messages were lost/)).message).toMatch(
      new RegExp(`: ${REACTORS} too_long \\(`),
    );
  });
});

describe('one server of several reactors', () => {
  const shared = shareServer(() => startReactors(REACTORS, 'topics.ts'));

  // The first case: it counts from 0.
  it('shows the figures of the bus', async () => {
    const { url, adminUrl } = shared();
    const clients = await oneOnEach(url);
    await clients[1]!.subscribe('figures');
    await clients[0]!.ask({ do: 'publish', topic: 'figures', payload: 'x' });
    await settledFigures(adminUrl);
    const page = await (await fetch(`${adminUrl}/metrics`)).text();
    for (const line of [
      'ws_bus_messages_total{reactor="0",direction="out"} 1',
      'ws_bus_messages_total{reactor="1",direction="in"} 1',
      'ws_bus_leases{reactor="0"} 0',
      'ws_messages_dropped_total{reactor="0",reason="lane_full"} 0',
      'ws_lane_full_total{from="0",to="1"} 0',
      'ws_lane_depth_bytes{from="0",to="1"} 0',
      'ws_lane_full_total{from="supervisor",to="1"} 0',
      'ws_publish_latency_seconds_count{reactor="1"} 1',
      'ws_bus_batch_records_sum{reactor="1"} 1',
    ]) {
      expect(page).toContain(line);
    }
    // A reader that has not gone to sleep yet needs no bell.
    expect(page).toMatch(/^ws_bus_doorbells_total\{reactor="0"\} [01]$/m);
  });

  it('carries payloads from 0 bytes to 1 MiB out of shared memory to sockets', async () => {
    const { url, adminUrl } = shared();
    const clients = await oneOnEach(url);
    for (const client of clients.slice(1)) await client.subscribe('blobs');
    const sizes = [0, 1, 100, 2_048, 2_049, 5_000, 70_000, 300_000, 1_048_576];
    const hash = (bytes: string): string =>
      `${bytes.length}:${bytes.slice(0, 8)}:${bytes.slice(-8)}`;
    const payloads = sizes.map((size, i) => String.fromCodePoint(97 + i).repeat(size));
    for (const payload of payloads) clients[0]!.publish('blobs', payload);
    await eventually('all have arrived', () =>
      clients.slice(1).every(({ heard }) => heard.length === sizes.length),
    );
    for (const { heard } of clients.slice(1)) expect(heard.map(hash)).toEqual(payloads.map(hash));
    expect((await settledFigures(adminUrl)).lost).toBe(0);
  });

  it('ends subscriptions with connections: a reactor without any gets no message', async () => {
    const { url, adminUrl } = shared();
    const [publisher, leaving] = (await oneOnEach(url)) as [TopicClient, TopicClient, TopicClient];
    await leaving.subscribe('leaving');
    expect(await publisher.ask({ do: 'publish', topic: 'leaving', payload: 'x' })).toMatchObject({
      reactors: 1,
    });
    leaving.socket.terminate();
    await expect
      .poll(() => publisher.ask({ do: 'publish', topic: 'leaving', payload: 'x' }), {
        timeout: 10_000,
      })
      .toEqual({ reactors: 0, lanesFull: 0 });
    await settledFigures(adminUrl);
  });

  it('sends to and ends a connection from another reactor', async () => {
    const { url } = shared();
    const [first, second] = (await oneOnEach(url)) as [TopicClient, TopicClient, TopicClient];
    expect(await first.ask({ do: 'send', id: second.id, payload: 'psst' })).toBe('sent');
    await eventually('it has arrived', () => second.heard.includes('psst'));
    expect(await first.ask({ do: 'end', id: second.id, code: 4_000, reason: 'bye' })).toBe('sent');
    expect(await second.closed).toBe(4_000);
  });

  it('lets the application listen to other reactors', async () => {
    const { url } = shared();
    const [first, second] = (await oneOnEach(url)) as [TopicClient, TopicClient, TopicClient];
    await first.ask({ do: 'listen', topic: 'presence' });
    expect(await second.ask({ do: 'publish', topic: 'presence', payload: '+1' })).toEqual({
      reactors: 1,
      lanesFull: 0,
    });
    await eventually('it was heard', () => first.heard.includes('presence: +1'));
    await first.ask({ do: 'stop-listening', topic: 'presence' });
    expect(await second.ask({ do: 'publish', topic: 'presence', payload: '+1' })).toEqual({
      reactors: 0,
      lanesFull: 0,
    });
  });
});
