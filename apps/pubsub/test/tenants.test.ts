// Tests of the quotas of tenants, on several reactors.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Figures } from '../src/figures/feed.js';
import { QuotaBook } from '../src/tenants/quotas.js';
import { MAX_TENANTS } from '../src/tenants/tenants.js';
import { Client, type Node, pass, startNodes } from './cluster.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Figures of one tenant, added up over all reactors, as the feed of `watched` sends them. */
function figuresOf(watched: Node, tenant: string): Record<string, number> {
  const watcher = watched.connect({ path: '/figures' });
  pass(1_000);
  const latest = new Map<string, Figures>();
  for (const text of watcher.texts) {
    const figures = JSON.parse(text) as Figures;
    latest.set(figures.life, figures);
  }
  watcher.vanish();
  const sum: Record<string, number> = {};
  for (const { tenants } of latest.values()) {
    const { name: _, ...counts } = tenants.find(({ name }) => name === tenant) ?? { name: tenant };
    for (const [key, count] of Object.entries(counts)) sum[key] = (sum[key] ?? 0) + Number(count);
  }
  return sum;
}

describe('quotas of a tenant', () => {
  it('limit its connections over all reactors, and say so', async () => {
    const { nodes } = await startNodes(2, '{ "acme": { "connections": 2 } }');
    const [first] = nodes.map((node) => new Client(node));
    pass(100);
    for (const node of nodes) {
      const refused = node.connect({ path: '/rooms/acme' });
      expect(refused.refusal).toMatchObject({
        status: 429,
        body: expect.stringContaining('2 connections') as string,
      });
    }
    expect(new Client(nodes[0]!, 'other').news()).toMatchObject([{ type: 'welcome' }]);
    first!.peer.vanish();
    pass(100);
    expect(new Client(nodes[1]!).news()).toMatchObject([{ type: 'welcome' }]);
    expect(figuresOf(nodes[0]!, 'acme')).toMatchObject({ connections: 2, refusedConnections: 2 });
  });

  it('limit its rooms over all reactors; existing rooms stay open', async () => {
    const { nodes } = await startNodes(2, '{ "*": { "topics": 2 } }');
    const [ada, bob] = [new Client(nodes[0]!), new Client(nodes[1]!)];
    ada.join('1');
    ada.join('2');
    pass(100);
    bob.news();
    expect(bob.join('3', 'Bob', { ref: 3 })).toMatchObject([
      { type: 'error', code: 'quota-topics', ref: 3 },
    ]);
    expect(bob.join('2')).toMatchObject([{ type: 'joined', people: 2 }]);
    ada.ask({ type: 'leave', room: '1' });
    pass(100);
    bob.news();
    expect(bob.join('3')).toMatchObject([{ type: 'joined', people: 1 }]);
    expect(figuresOf(nodes[0]!, 'acme')).toMatchObject({ refusedTopics: 1 });
  });

  it('limit its messages per second, with a share on each reactor', async () => {
    const { nodes } = await startNodes(2, '{ "acme": { "saysPerSecond": 10 } }');
    const [ada, bob] = [new Client(nodes[0]!), new Client(nodes[0]!)];
    ada.join('lobby');
    bob.join('lobby');
    const said = (): number => {
      for (let i = 0; i < 10; i++) ada.tell({ type: 'say', room: 'lobby', text: `${i}`, ref: i });
      return ada.news().filter(({ type }) => type === 'said').length;
    };
    expect(said()).toBe(5);
    pass(400);
    expect(said()).toBe(2);
    expect(bob.peer.texts.filter((text) => text.includes('"said"'))).toHaveLength(7);
    expect(figuresOf(nodes[1]!, 'acme')).toMatchObject({ said: 7, due: 14, refusedSays: 13 });
  });

  it('are kept for a limited number of tenants on each reactor', async () => {
    const { nodes } = await startNodes(1);
    const clients = Array.from(
      { length: MAX_TENANTS },
      (_, i) => new Client(nodes[0]!, `tenant-${i}`),
    );
    expect(nodes[0]!.connect({ path: '/rooms/one-more' }).refusal?.status).toBe(503);
    clients[7]!.peer.vanish();
    expect(new Client(nodes[0]!, 'one-more').peer.state).toBe('open');
  });
});

describe('figures', () => {
  it('count copies that a whole reactor or one member lost', async () => {
    const { nodes } = await startNodes(1);
    const [slow, ada] = [new Client(nodes[0]!), new Client(nodes[0]!)];
    slow.join('lobby');
    ada.join('lobby');
    slow.peer.stopReading();
    for (let i = 0; i < 1_000; i++) ada.say('lobby', 'x'.repeat(2_000));
    slow.peer.resumeReading();
    const { said, due, lostInQueues, lostOnLanes } = figuresOf(nodes[0]!, 'acme');
    const arrived = [slow, ada].map(
      ({ peer }) => peer.texts.filter((text) => text.includes('"said"')).length,
    );
    expect([said, due, lostOnLanes]).toEqual([1_000, 2_000, 0]);
    expect(lostInQueues).toBeGreaterThan(0);
    expect(arrived).toEqual([1_000 - lostInQueues!, 1_000]);
  });

  it('only send figures and take no messages', async () => {
    const { nodes } = await startNodes(1);
    const watcher = nodes[0]!.connect({ path: '/figures' });
    watcher.send('{"type":"join","room":"lobby","name":"Eve"}');
    watcher.send(new Uint8Array(3));
    expect(watcher.received).toEqual([]);
    expect(nodes[0]!.faults).toEqual([]);
  });
});

describe('paths', () => {
  it.each([
    '/',
    '/rooms',
    '/rooms/',
    '/rooms/Acme',
    '/rooms/a/b',
    '/rooms/%20',
    `/rooms/${'x'.repeat(33)}`,
    '/figures/',
  ])('that lead to no tenant are refused: %s', async (path) => {
    const { nodes } = await startNodes(1);
    expect(nodes[0]!.connect({ path }).refusal?.status).toBe(404);
  });
});

describe('QuotaBook', () => {
  it('reads quotas of all tenants and of single tenants', () => {
    const book = QuotaBook.parse('{ "*": { "topics": 5 }, "acme": { "connections": 0 } }');
    expect(book.of('acme')).toEqual({ ...new QuotaBook().of('x'), topics: 5, connections: 0 });
    expect(book.of('other')).toEqual({ ...new QuotaBook().of('x'), topics: 5 });
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['a list', '[]', /the quotas must be an object; got \[\]/],
    ['a tenant with a slash', '{ "a/b": {} }', /tenant must be lower case letters.*; got "a\/b"/],
    [
      'another quota',
      '{ "*": { "topic": 1 } }',
      /quota must be one of connections, topics.*; got "topic"/,
    ],
    ['a fraction', '{ "acme": { "topics": 1.5 } }', /quota topics of acme must be .*; got 1.5/],
    ['a number below 0', '{ "acme": { "topics": -1 } }', /a whole number from 0/],
    ['no quotas', '{ "acme": 7 }', /the quotas of acme must be .*; got 7/],
  ])('refuses %s', (_, text, message) => {
    expect(() => QuotaBook.parse(text)).toThrow(message);
  });
});
