// Tests of publishing between reactors.
import { Metric, type Sendable } from '@hioload/api';
import { topicHash } from '@hioload/pool';
import { afterEach, describe, expect, it } from 'vitest';
import { BusMachine, settle, type TestReactor } from './machine.js';

let machine: BusMachine;
afterEach(() => machine.dispose());

async function start(...parts: ConstructorParameters<typeof BusMachine>): Promise<TestReactor[]> {
  const [made, ...reactors] = await BusMachine.start(...parts);
  machine = made;
  return reactors;
}

/** Two topics whose hashes agree in the bits of `mask`. */
function topicsAlike(mask: number): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const topic = `topic ${i}`;
    const key = topicHash(topic) & mask;
    const other = seen.get(key);
    if (other !== undefined) return [other, topic];
    seen.set(key, topic);
  }
}

const out = ({ metrics }: TestReactor): number => metrics.read(Metric.BusMessagesOut);
const into = ({ metrics }: TestReactor): number => metrics.read(Metric.BusMessagesIn);

describe('publish', () => {
  it('reaches subscribers on every reactor once, and says how many reactors took it', async () => {
    const [first, second, third] = (await start(3)) as [TestReactor, TestReactor, TestReactor];
    const peers = [
      first.subscriber('news'),
      second.subscriber('news'),
      second.subscriber('news'),
      third.subscriber(),
    ];
    expect(first.bus.publish('news', 'flash')).toEqual({ reactors: 2, lanesFull: 0 });
    expect(third.bus.publish('news', 'more')).toEqual({ reactors: 2, lanesFull: 0 });
    expect(third.bus.publish('nothing', 'x')).toEqual({ reactors: 0, lanesFull: 0 });
    await settle();
    expect(peers.map(({ texts }) => texts)).toEqual([
      ['flash', 'more'],
      ['flash', 'more'],
      ['flash', 'more'],
      [],
    ]);
  });

  it('is visible to others before the reactor reads its own inbox', async () => {
    machine = new BusMachine(3, {}, 'spin');
    const [first, second] = [await machine.join(0), await machine.join(1)];
    const { inbox } = machine.joinAndHang(2, 'news');
    const found: boolean[] = [];
    first.bus.subscribe('letters', () => void found.push(inbox.hasRecords()));
    first.bus.publish('news', 'flash');
    // This is the number of records that become visible at once.
    for (let i = 0; i < 32; i++) second.bus.publish('letters', `${i}`);
    expect(inbox.hasRecords()).toBe(false);
    await settle();
    expect(found).toEqual(Array.from({ length: 32 }, () => true));
  });

  it('is visible to other reactors before the turn ends, and wakes each of them once', async () => {
    machine = new BusMachine(3);
    const [first, second] = [await machine.join(0), await machine.join(1)];
    const [ada, eve] = [first.subscriber('room'), second.subscriber('room')];
    const { inbox } = machine.joinAndHang(2, 'room');
    await settle();
    for (let i = 1; i <= 5; i++) {
      ada.conn!.publish('room', `${i}`);
      // No other code has had a turn.
      expect(inbox.drain()).toBe(1);
    }
    await settle();
    expect(eve.texts).toEqual(['1', '2', '3', '4', '5']);
    expect(first.metrics.read(Metric.BusDoorbells)).toBe(1);
  });

  it('wakes a reader once, even if it sleeps again before the turn ends', async () => {
    machine = new BusMachine(2);
    const first = await machine.join(0);
    const { inbox, sleeper } = machine.joinAndHang(1, 'room');
    const fallAsleep = (): boolean =>
      sleeper.arm(
        () => inbox.hasRecords(),
        () => undefined,
      );
    fallAsleep();
    first.subscriber('room').conn!.publish('room', 'x');
    expect(inbox.drain()).toBe(1);
    expect(fallAsleep()).toBe(true);
    await settle();
    expect(first.metrics.read(Metric.BusDoorbells)).toBe(1);
  });

  it('wakes a reader again at the end of the turn if it fell asleep meanwhile', async () => {
    machine = new BusMachine(2);
    const first = await machine.join(0);
    const { inbox, sleeper } = machine.joinAndHang(1, 'room');
    const ada = first.subscriber('room');
    const fallAsleep = (): boolean =>
      sleeper.arm(
        () => inbox.hasRecords(),
        () => undefined,
      );
    fallAsleep();
    ada.conn!.publish('room', 'x');
    expect(inbox.drain()).toBe(1);
    expect(fallAsleep()).toBe(true);
    ada.conn!.publish('room', 'y');
    await settle();
    expect(first.metrics.read(Metric.BusDoorbells)).toBe(2);
  });

  it('does not come back to the connection that publishes, nor to its reactor', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    const [ada, bob, eve] = [
      first.subscriber('room'),
      first.subscriber('room'),
      second.subscriber('room'),
    ];
    expect(ada.conn!.publish('room', 'hello')).toEqual({ reactors: 2, lanesFull: 0 });
    await settle();
    expect([ada.texts, bob.texts, eve.texts]).toEqual([[], ['hello'], ['hello']]);
  });

  it('touches no reactor without a subscriber', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    const peer = second.subscriber('news');
    peer.conn!.unsubscribe('news');
    first.bus.publish('news', 'flash');
    peer.conn!.subscribe('other');
    first.bus.publish('news', 'flash');
    peer.conn!.subscribe('news');
    peer.conn!.terminate();
    first.bus.publish('news', 'flash');
    await settle();
    expect([out(first), into(second)]).toEqual([0, 0]);
  });

  it('finds every subscriber whose subscribe has returned', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    const peer = second.subscriber();
    for (let i = 0; i < 200; i++) {
      peer.conn!.subscribe(`topic ${i}`);
      expect(first.bus.publish(`topic ${i}`, `${i}`)).toEqual({ reactors: 1, lanesFull: 0 });
      await settle();
    }
    expect(peer.texts).toEqual(Array.from({ length: 200 }, (_, i) => `${i}`));
  });

  it.each([
    ['one reactor to the next', 0, 1],
    ['the last to the first', 2, 0],
  ])('keeps the order from %s, over many turns and batches', async (_, from, to) => {
    const reactors = await start(3, { flushRecords: 4, drainRecords: 3 });
    const peer = reactors[to]!.subscriber('news');
    for (let i = 0; i < 1_000; i++) {
      reactors[from]!.bus.publish('news', `${i}`);
      if (i % 97 === 0) await settle();
    }
    await settle();
    expect(peer.texts).toEqual(Array.from({ length: 1_000 }, (_, i) => `${i}`));
  });

  it('carries payloads of any length, from any offset, in plain or shared memory', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    const peer = second.subscriber('blobs');
    const memories = [new ArrayBuffer(1_100_000), new SharedArrayBuffer(1_100_000)];
    for (const memory of memories)
      new Uint8Array(memory).forEach((_, i, all) => (all[i] = (i * 31) & 0xff));
    for (const length of [
      0, 1, 7, 8, 9, 31, 32, 33, 64, 1_000, 2_047, 2_048, 2_049, 4_096, 40_000, 1_048_576,
    ]) {
      for (let offset = 0; offset < 8; offset++) {
        const source = new Uint8Array(memories[offset & 1]!, offset, length);
        expect(first.bus.publish('blobs', source)).toEqual({ reactors: 1, lanesFull: 0 });
        await settle();
        const [message] = peer.received.splice(0);
        expect(message!.isBinary).toBe(true);
        expect(Buffer.compare(message!.bytes, source), `${length} bytes at ${offset}`).toBe(0);
      }
    }
    expect(machine.leases()).toBe(0);
  });

  it('carries topics of any length and script, with short, long and leased payloads', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    const topics = Array.from({ length: 140 }, (_, i) => 't'.repeat(i + 1));
    topics.push('\u0000', 'é', 'ü'.repeat(64), '😀', '😀'.repeat(33), '\uffff'.repeat(85));
    const payloads = [0, 1, 2, 3, 8, 33, 3_000].map((length) => Buffer.alloc(length, 0xa5));
    const heard: [string, Uint8Array][] = [];
    for (const topic of topics)
      second.bus.subscribe(topic, (name, message) => void heard.push([name, message.copy()]));
    for (const payload of payloads) {
      for (const topic of [...topics, ...topics.toReversed()]) {
        expect(first.bus.publish(topic, payload)).toEqual({ reactors: 1, lanesFull: 0 });
        await settle();
        const [name, bytes] = heard.pop()!;
        expect(name).toBe(topic);
        expect(Buffer.compare(bytes, payload), `${topic} with ${payload.length} bytes`).toBe(0);
      }
    }
    expect(heard).toEqual([]);
    expect(machine.leases()).toBe(0);
  });

  it('carries a message that nearly fills a small lane', async () => {
    const [first, second] = (await start(2, { laneBytes: 4_096 })) as [TestReactor, TestReactor];
    const peer = second.subscriber('blobs');
    const lengths = [500, 512, 513, 1_900, 2_030, 2_040, 2_048, 2_049];
    for (const length of lengths) {
      expect(first.bus.publish('blobs', 'x'.repeat(length))).toEqual({ reactors: 1, lanesFull: 0 });
      await settle();
    }
    expect(peer.texts.map((text) => text.length)).toEqual(lengths);
  });

  it('carries texts of any length and script, as text or binary as requested', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    const peer = second.subscriber('texts');
    const texts = [
      '',
      'a',
      'exactly 16 chars',
      'seventeen chars..',
      'é',
      '\u0000',
      'half \ud83d pair',
      '😀'.repeat(300),
    ];
    texts.push('x'.repeat(5_000), 'ü'.repeat(600_000).slice(0, 500_000));
    for (const text of texts) first.bus.publish('texts', text);
    first.bus.publish('texts', 'bytes now', { binary: true });
    first.bus.publish('texts', Buffer.from('text now'), { binary: false });
    first.bus.publish('texts', new Uint8Array([1, 2, 3]).buffer);
    await settle();
    expect(peer.texts.slice(0, texts.length)).toEqual(texts.map((text) => text.toWellFormed()));
    const binary = peer.received.map(({ isBinary }) => isBinary);
    expect(binary).toEqual([...texts.map(() => false), true, false, true]);
  });

  it('carries topics of any bytes', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    const topics = [
      '\u0000',
      ' ',
      'a'.repeat(256),
      'é'.repeat(128),
      '😀',
      'a\u0301',
      'á',
      '__proto__',
      '#/+',
      '16 units, ascii.',
    ];
    const peers = topics.map((topic) => second.subscriber(topic));
    for (let round = 0; round < 2; round++)
      for (const topic of topics) first.bus.publish(topic, topic);
    await settle();
    expect(peers.map(({ texts }) => texts)).toEqual(topics.map((topic) => [topic, topic]));
  });

  it('tells topics with the same hash apart', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    // The two topics agree in all bits that the tables use.
    const alike = topicsAlike(0xffff);
    const [subscribed, other] = alike;
    const peer = second.subscriber(subscribed);
    // The map cannot show that there is no subscriber.
    expect(first.bus.publish(other, 'to nobody')).toEqual({ reactors: 1, lanesFull: 0 });
    expect(first.bus.publish(subscribed, 'to one')).toEqual({ reactors: 1, lanesFull: 0 });
    await settle();
    const late = second.subscriber(other);
    peer.conn!.unsubscribe(subscribed);
    expect(first.bus.publish(other, 'to another')).toEqual({ reactors: 1, lanesFull: 0 });
    await settle();
    expect([peer.texts, late.texts]).toEqual([['to one'], ['to another']]);
  });

  it('refuses an invalid topic and an invalid message', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    second.subscriber('news');
    for (const topic of ['', 'x'.repeat(257), '\ud83d']) {
      expect(() => first.bus.publish(topic, 'x')).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_TOPIC_INVALID' }),
      );
      expect(() => first.bus.subscribe(topic, () => undefined)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_TOPIC_INVALID' }),
      );
    }
    for (const message of [7, null, undefined, {}, { bytes: 5 }]) {
      expect(() => first.bus.uplink.publish('news', message as Sendable, undefined)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
      );
    }
    await settle();
    expect(into(second)).toBe(0);
  });

  it('goes out from the supervisor too, long messages included', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    const peers = [first.subscriber('news'), second.subscriber('news')];
    expect(machine.members.publish('news', 'short', undefined)).toEqual({
      reactors: 2,
      lanesFull: 0,
    });
    expect(machine.members.publish('news', 'long'.repeat(10_000), undefined)).toEqual({
      reactors: 2,
      lanesFull: 0,
    });
    await settle();
    const late = await machine.join(0, {}, true);
    const third = late.subscriber('news');
    machine.members.publish('news', 'late'.repeat(10_000), undefined);
    await settle();
    for (const { texts } of peers)
      expect(texts.map((text) => text.length)).toEqual([5, 40_000, 40_000]);
    expect(third.texts.map((text) => text.length)).toEqual([40_000]);
  });

  it('measures the latency of some messages', async () => {
    const [first, second] = (await start(2)) as [TestReactor, TestReactor];
    second.subscriber('news');
    for (let i = 0; i < 65; i++) first.bus.publish('news', 'x');
    await settle();
    const latencies = second.metrics.observed[1]!;
    expect(latencies).toHaveLength(2);
    for (const seconds of latencies) expect(seconds).toBeGreaterThanOrEqual(0);
    expect(Math.max(...latencies)).toBeLessThan(10);
    expect(second.metrics.observed[2]!.reduce((sum, records) => sum + records)).toBe(65);
  });
});
