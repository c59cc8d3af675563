// Tests of lost messages: full lanes, full slabs, and their counts.
import { Metric } from '@hioload/api';
import { afterEach, describe, expect, it } from 'vitest';
import { BusMachine, settle, type TestReactor } from './machine.js';

let machine: BusMachine;
afterEach(() => machine.dispose());

const lost = ({ metrics }: TestReactor): number => metrics.read(Metric.DroppedLaneFull);
const out = ({ metrics }: TestReactor): number => metrics.read(Metric.BusMessagesOut);

/** Two reactors that read, and a third that does not. */
async function withHanging(
  topic: string,
): Promise<{ reading: [TestReactor, TestReactor]; row: number }> {
  machine = new BusMachine(3);
  const reading: [TestReactor, TestReactor] = [await machine.join(0), await machine.join(1)];
  return { reading, row: machine.joinAndHang(2, topic).row };
}

describe('a full lane', () => {
  it('loses messages for its reactor alone, and each is counted', async () => {
    const { reading, row } = await withHanging('news');
    const [first, second] = reading;
    const peer = second.subscriber('news');
    const sent = 500;
    let full = 0;
    for (let i = 0; i < sent; i++) {
      const { reactors, lanesFull } = first.bus.publish('news', `${i}`.padEnd(100));
      expect(reactors + lanesFull).toBe(2);
      full += lanesFull;
      if (i % 20 === 0) await settle();
    }
    await settle();
    expect(full).toBeGreaterThan(300);
    expect(lost(first)).toBe(full);
    expect(machine.fullLanes()).toEqual([`0>2: ${full}`]);
    expect(peer.texts.map(Number)).toEqual(Array.from({ length: sent }, (_, i) => i));
    expect(out(first)).toBe(2 * sent - full);
    expect(machine.members.leave(row)).toBe(sent - full);
  });

  it('takes messages again once its reactor reads on', async () => {
    machine = new BusMachine(2);
    const [first, second] = [await machine.join(0), await machine.join(1)];
    const peer = second.subscriber('news');
    const statuses: number[] = [];
    // All of this happens in one turn, so nobody reads meanwhile.
    for (let i = 0; i < 300; i++)
      statuses.push(first.bus.publish('news', `${i}`.padEnd(100)).reactors);
    await settle();
    const taken = statuses.flatMap((reactors, i) => (reactors === 1 ? [i] : []));
    expect(taken.length).toBeLessThan(300);
    expect(peer.texts.map(Number)).toEqual(taken);
    expect(first.bus.publish('news', 'more')).toEqual({ reactors: 1, lanesFull: 0 });
    await settle();
    expect(peer.texts.at(-1)).toBe('more');
  });

  it('keeps no block for a long message that finds it full', async () => {
    const { reading } = await withHanging('news');
    const [first] = reading;
    // The shortest records leave no room for the record that names a block.
    while (first.bus.publish('news', '').lanesFull === 0) await settle();
    for (let i = 0; i < 5; i++)
      expect(first.bus.publish('news', 'x'.repeat(5_000))).toEqual({ reactors: 0, lanesFull: 1 });
    await settle();
    expect(machine.leases()).toBe(0);
  });

  it('shows how many bytes wait in it', async () => {
    const { reading, row } = await withHanging('news');
    reading[0].bus.publish('news', 'x'.repeat(900));
    await settle();
    const depths = machine.members.status().filter(({ depthBytes }) => depthBytes > 0);
    expect(depths).toHaveLength(1);
    expect(depths[0]).toMatchObject({ from: '0', to: '2' });
    expect(depths[0]!.depthBytes).toBeGreaterThan(900);
    expect(machine.members.leave(row)).toBe(1);
    expect(machine.members.status().every(({ depthBytes }) => depthBytes === 0)).toBe(true);
  });
});

describe('a slab without a free block', () => {
  it('sends the message through the lane if it fits, else loses and counts it', async () => {
    const { reading, row } = await withHanging('news');
    const [first, second] = reading;
    const peer = second.subscriber('news');
    const long = 'x'.repeat(1_000_000);
    // The hanging reactor keeps the blocks: 2 of the longest and some shorter ones.
    let taken = 0;
    while (first.bus.publish('news', long).reactors === 2) taken++;
    await settle();
    expect(taken).toBeGreaterThanOrEqual(1);
    expect(first.metrics.read(Metric.DroppedSlabFull)).toBe(2);
    expect(first.bus.publish('news', 'short')).toEqual({ reactors: 2, lanesFull: 0 });
    expect(first.bus.publish('news', 'y'.repeat(2_000_000))).toEqual({ reactors: 0, lanesFull: 2 });
    expect(first.metrics.read(Metric.DroppedSlabFull)).toBe(2);
    expect(first.metrics.read(Metric.DroppedTooLong)).toBe(2);
    await settle();
    expect(peer.texts.map((text) => text.length)).toEqual([
      ...Array.from({ length: taken }, () => 1_000_000),
      5,
    ]);
    expect(machine.leases()).toBe(taken);
    expect(machine.members.leave(row)).toBe(taken + 1);
    expect(machine.leases()).toBe(0);
  });

  it('does not lose a message that fits into the lane', async () => {
    machine = new BusMachine(2, { maxPayloadBytes: 4_096, slabBytes: 8_224, laneBytes: 65_536 });
    const first = await machine.join(0);
    const { row } = machine.joinAndHang(1, 'news');
    for (let i = 0; i < 6; i++)
      expect(first.bus.publish('news', 'x'.repeat(4_000))).toEqual({ reactors: 1, lanesFull: 0 });
    await settle();
    expect(machine.leases()).toBe(2);
    expect(machine.members.leave(row)).toBe(6);
    expect(machine.leases()).toBe(0);
  });
});

describe('a payload above the longest that is allowed', () => {
  it('reaches no other reactor, whatever room there is, and is counted', async () => {
    machine = new BusMachine(2, { maxPayloadBytes: 2_000 });
    const [first, second] = [await machine.join(0), await machine.join(1)];
    const peer = second.subscriber('news');
    expect(first.bus.publish('news', 'x'.repeat(2_000))).toEqual({ reactors: 1, lanesFull: 0 });
    for (const length of [2_001, 2_008, 5_000]) {
      expect(first.bus.publish('news', 'x'.repeat(length)), `${length} bytes`).toEqual({
        reactors: 0,
        lanesFull: 1,
      });
    }
    expect(machine.members.publish('news', 'x'.repeat(2_001), undefined)).toEqual({
      reactors: 0,
      lanesFull: 1,
    });
    await settle();
    expect(peer.texts.map((text) => text.length)).toEqual([2_000]);
    expect(first.metrics.read(Metric.DroppedTooLong)).toBe(3);
    expect(machine.members.metrics.read(Metric.DroppedTooLong)).toBe(1);
    expect(first.metrics.read(Metric.DroppedSlabFull)).toBe(0);
    expect(machine.leases()).toBe(0);
  });
});

describe('the end of a reactor', () => {
  it('leaves its row to a successor that hears new messages only', async () => {
    const { reading, row } = await withHanging('news');
    const [first, second] = reading;
    for (const from of reading) from.bus.publish('news', 'for the dead');
    first.bus.publish('news', 'long for the dead'.repeat(500));
    machine.members.publish('news', 'from above', undefined);
    await settle();
    expect(machine.members.leave(row)).toBe(4);
    expect(machine.leases()).toBe(0);
    expect(first.bus.publish('news', 'to nobody')).toEqual({ reactors: 0, lanesFull: 0 });

    const successor = await machine.join(2);
    const peer = successor.subscriber('news');
    for (const from of reading) from.bus.publish('news', 'for the living');
    const listening = second.subscriber('back');
    successor.bus.publish('back', 'hello');
    await settle();
    expect(peer.texts).toEqual(['for the living', 'for the living']);
    expect(listening.texts).toEqual(['hello']);
    expect(successor.metrics.read(Metric.DroppedReactorEnded)).toBe(0);
  });

  it('lets the successor count a message that was written after the end', async () => {
    const { reading, row } = await withHanging('news');
    const [first] = reading;
    first.bus.publish('news', 'once, to have the lane');
    await settle();
    machine.members.leave(row);
    // A publisher writes now that had found the bit before the bit was cleared.
    machine.afterFinding(row, 'news', () => first.bus.publish('news', 'late'.repeat(2_000)));
    await settle();
    expect(machine.leases()).toBe(1);
    const successor = await machine.join(2);
    const peer = successor.subscriber('news');
    await settle();
    expect(successor.metrics.read(Metric.DroppedReactorEnded)).toBe(1);
    expect(machine.leases()).toBe(0);
    expect(peer.texts).toEqual([]);
  });

  it('lets a successor in although an ended publisher left a lease for it', async () => {
    const { reading, row } = await withHanging('news');
    const [first, second] = reading;
    first.bus.publish('news', 'once, to have the lane');
    await settle();
    machine.members.leave(row);
    machine.afterFinding(row, 'news', () => first.bus.publish('news', 'late'.repeat(2_000)));
    await settle();
    machine.stop(first);
    const successor = await machine.join(2);
    const peer = successor.subscriber('news');
    second.bus.publish('news', 'long for the living'.repeat(500));
    await settle();
    expect(successor.metrics.read(Metric.DroppedReactorEnded)).toBe(1);
    expect(peer.texts).toEqual(['long for the living'.repeat(500)]);
  });

  it('in the middle of its work costs no lease twice', async () => {
    machine = new BusMachine(3);
    const first = await machine.join(0);
    let handled = 0;
    // The reactor dies in the middle of a batch. It has given back one of its leases but not the
    // other, and neither record is freed.
    const dying = machine.joinAndHang(1, 'news', () => {
      if (++handled < 3) return;
      machine.members.leave(dying.row);
      throw new Error('it is gone');
    });
    const slow = machine.joinAndHang(2, 'news');
    for (const letter of ['a', 'b', 'c', 'd']) first.bus.publish('news', letter.repeat(5_000));
    await settle();
    expect(() => dying.inbox.drain()).toThrow('it is gone');
    // The slow reactor still holds each block.
    expect(machine.leases()).toBe(4);
    expect(slow.readAll()).toBe(4);
    expect(machine.leases()).toBe(0);
  });

  it('in an orderly way loses none of its last messages', async () => {
    machine = new BusMachine(2);
    const [first, second] = [await machine.join(0), await machine.join(1)];
    const peer = second.subscriber('news');
    first.bus.publish('news', 'last words'.repeat(1_000));
    expect(machine.stop(first)).toBe(0);
    await settle();
    expect(peer.texts).toEqual(['last words'.repeat(1_000)]);
    expect(first.bus.publish('news', 'too late')).toEqual({ reactors: 0, lanesFull: 0 });
  });

  it('many times over leaves nothing behind', async () => {
    machine = new BusMachine(2);
    const staying = await machine.join(0);
    const peer = staying.subscriber('news');
    for (let life = 0; life < 20; life++) {
      const other = await machine.join(1, {}, life % 2 === 1);
      const theirs = other.subscriber('news');
      other.bus.publish('news', `${life}`.repeat(2_000));
      staying.bus.publish('news', `${life}`);
      await settle();
      expect(theirs.texts).toHaveLength(2);
      expect(machine.stop(other)).toBe(0);
    }
    await settle();
    expect(peer.texts).toHaveLength(40);
    expect(machine.leases()).toBe(0);
    expect(staying.bus.peerSlabs).toBe(0);
  });
});
