// Tests of presence: who is told how many people are in a room, and when.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ANNOUNCE_DELAY_MS, BEAT_MS, SILENCE_MS } from '../src/tally/tally.js';
import { PRESENCE_DELAY_MS } from '../src/rooms/presence.js';
import { Client, type Cluster, type Node, pass, startNodes } from './cluster.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The time until all reactors know of a change and have told their members. */
const KNOWN_MS = ANNOUNCE_DELAY_MS + PRESENCE_DELAY_MS;

/** Lets a reactor die without a word: from now on it neither hears nor says anything. */
function kill(cluster: Cluster, node: Node): void {
  vi.spyOn(node.context, 'publish').mockReturnValue({ reactors: 0, lanesFull: 0 });
  cluster.bus.leave(cluster.bus.end(node.context.reactor)!);
}

describe('presence', () => {
  it('counts the people of all reactors, and tells all members', async () => {
    const { nodes } = await startNodes(3);
    const clients = nodes.flatMap((node) => [new Client(node), new Client(node)]);
    expect(clients[0]!.join('lobby').at(-1)).toEqual({ type: 'joined', room: 'lobby', people: 1 });
    for (const client of clients.slice(1)) client.join('lobby');
    pass(KNOWN_MS);
    expect(clients.map((client) => client.people('lobby'))).toEqual([6, 6, 6, 6, 6, 6]);
  });

  it('is right after connections have vanished, left, or been cut', async () => {
    const { nodes } = await startNodes(2);
    const [stays, vanishes, leaves, closes] = nodes.flatMap((node) => [
      new Client(node),
      new Client(node),
    ]);
    for (const client of [stays, vanishes, leaves, closes]) client!.join('lobby');
    pass(KNOWN_MS);
    expect(stays!.people('lobby')).toBe(4);
    vanishes!.peer.vanish();
    leaves!.ask({ type: 'leave', room: 'lobby' });
    closes!.peer.close();
    pass(KNOWN_MS);
    expect(stays!.people('lobby')).toBe(1);
  });

  it('tells a room only a few times when many come and go at once', async () => {
    const { nodes } = await startNodes(1);
    const watcher = new Client(nodes[0]!);
    watcher.join('lobby');
    pass(KNOWN_MS);
    watcher.news();
    for (let i = 0; i < 100; i++) new Client(nodes[0]!).join('lobby');
    pass(KNOWN_MS);
    expect(watcher.news()).toEqual([{ type: 'presence', room: 'lobby', people: 101 }]);
  });

  it('skips members who do not want it, and still counts them', async () => {
    const { nodes } = await startNodes(1);
    const [quiet, other] = [new Client(nodes[0]!), new Client(nodes[0]!)];
    quiet.join('lobby', 'Quiet', { presence: false });
    quiet.news();
    other.join('lobby');
    pass(KNOWN_MS);
    expect(quiet.news()).toEqual([]);
    expect(other.people('lobby')).toBe(2);
  });

  it('drops the counts of a reactor that says goodbye', async () => {
    const { nodes } = await startNodes(2);
    const [here, there] = [new Client(nodes[0]!), new Client(nodes[1]!)];
    here.join('lobby');
    there.join('lobby');
    pass(KNOWN_MS);
    expect(here.people('lobby')).toBe(2);
    await nodes[1]!.stop();
    pass(KNOWN_MS);
    expect(here.people('lobby')).toBe(1);
  });

  it('drops the counts of a dead reactor, and counts its replacement', async () => {
    const { cluster, nodes } = await startNodes(2);
    const [here, there] = [new Client(nodes[0]!), new Client(nodes[1]!)];
    here.join('lobby');
    there.join('lobby');
    pass(KNOWN_MS);
    kill(cluster, nodes[1]!);
    const replacement = await cluster.start(1);
    pass(KNOWN_MS);
    const again = new Client(replacement);
    again.join('lobby');
    pass(SILENCE_MS + BEAT_MS + KNOWN_MS);
    expect([here.people('lobby'), again.people('lobby')]).toEqual([2, 2]);
    again.peer.vanish();
    pass(KNOWN_MS);
    expect(here.people('lobby')).toBe(1);
  });

  it('counts a reactor again that was silent for long', async () => {
    const { nodes } = await startNodes(2);
    const [here, there] = [new Client(nodes[0]!), new Client(nodes[1]!)];
    here.join('lobby');
    there.join('lobby');
    pass(KNOWN_MS);
    // The reactor stands still: its timers do not run, and its publishes are dropped.
    const publish = vi
      .spyOn(nodes[1]!.context, 'publish')
      .mockReturnValue({ reactors: 0, lanesFull: 0 });
    pass(SILENCE_MS + BEAT_MS + KNOWN_MS);
    expect(here.people('lobby')).toBe(1);
    publish.mockRestore();
    pass(BEAT_MS + KNOWN_MS);
    expect(here.people('lobby')).toBe(2);
  });

  it('is right again after announcements were lost on a full lane', async () => {
    const { nodes } = await startNodes(2);
    const [here, there] = [new Client(nodes[0]!), new Client(nodes[1]!)];
    here.join('lobby');
    pass(KNOWN_MS);
    const publish = vi
      .spyOn(nodes[1]!.context, 'publish')
      .mockReturnValue({ reactors: 0, lanesFull: 1 });
    there.join('lobby');
    pass(KNOWN_MS);
    publish.mockRestore();
    expect(here.people('lobby')).toBe(1);
    pass(BEAT_MS + KNOWN_MS);
    expect([here.people('lobby'), there.people('lobby')]).toEqual([2, 2]);
  });

  it('is sent again to a member whose queue was full', async () => {
    const { nodes } = await startNodes(1);
    const [slow, other] = [new Client(nodes[0]!), new Client(nodes[0]!)];
    slow.join('lobby');
    other.join('lobby');
    pass(KNOWN_MS);
    slow.peer.stopReading();
    for (let i = 0; i < 700; i++) other.say('lobby', 'x'.repeat(2_000));
    other.peer.vanish();
    pass(KNOWN_MS);
    slow.peer.resumeReading();
    expect(slow.people('lobby')).toBe(1);
  });
});
