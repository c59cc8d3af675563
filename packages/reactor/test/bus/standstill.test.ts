// Tests of a reactor that stands still while others publish.
import { Metric } from '@hioload/api';
import type { FakePeer } from '@hioload/fake';
import { afterEach, describe, expect, it } from 'vitest';
import { type BusOptions, busSizes, slabClasses } from '../../src/bus/bus-options.js';
import { BusMachine, settle } from './machine.js';

let machine: BusMachine;
afterEach(() => machine.dispose());

/** A slab with half a dozen blocks for payloads that are too long for a lane. */
const LONG_ONLY = {
  maxPayloadBytes: 20_000,
  slabBytes: 12 * 20_100,
  laneBytes: 16_384,
} satisfies BusOptions;

const slabBlocks = (options: BusOptions): number =>
  slabClasses(busSizes(options, 1)).at(-1)!.blocks;

describe('a reactor that stands still', () => {
  const long = (text: string): string => text.padEnd(20_000);
  const ends = ({ texts }: FakePeer): string[] => texts.map((text) => text.trimEnd());

  it('leaves half of the slab to the others, which lose no long message', async () => {
    machine = new BusMachine(3, LONG_ONLY);
    const [first, second] = [await machine.join(0), await machine.join(1)];
    const { row } = machine.joinAndHang(2, 'news');
    const peer = second.subscriber('news');
    const sent = Array.from({ length: 50 }, (_, i) => `${i}`);
    let full = 0;
    for (const text of sent) {
      full += first.bus.publish('news', long(text)).lanesFull;
      await settle();
    }
    expect(ends(peer)).toEqual(sent);
    const kept = machine.leases();
    expect(kept).toBeGreaterThan(1);
    expect(kept).toBeLessThanOrEqual(slabBlocks(LONG_ONLY) / 2);
    expect(full).toBe(sent.length - kept);
    expect(first.metrics.read(Metric.DroppedLaneFull)).toBe(full);
    expect(machine.fullLanes()).toEqual([`0>2: ${full}`]);
    expect(first.metrics.read(Metric.DroppedSlabFull)).toBe(0);
    expect(machine.members.leave(row)).toBe(kept);
    expect(machine.leases()).toBe(0);
  });

  it('leaves blocks to others also if several reactors stand still', async () => {
    machine = new BusMachine(5, { ...LONG_ONLY, slabBytes: 4 * LONG_ONLY.slabBytes });
    const [first, second] = [await machine.join(0), await machine.join(1)];
    for (const reactor of [2, 3, 4]) machine.joinAndHang(reactor, `topic ${reactor}`);
    const peer = second.subscriber('news');
    for (let i = 0; i < 20; i++) {
      for (const reactor of [2, 3, 4]) first.bus.publish(`topic ${reactor}`, long('unread'));
    }
    for (let i = 0; i < 20; i++) {
      expect(first.bus.publish('news', long(`${i}`)).lanesFull).toBe(0);
      await settle();
    }
    expect(peer.texts).toHaveLength(20);
    expect(first.metrics.read(Metric.DroppedSlabFull)).toBe(0);
  });

  it('is lent blocks again once it reads on, and so is its successor', async () => {
    machine = new BusMachine(3, LONG_ONLY);
    const first = await machine.join(0);
    const { row, readAll } = machine.joinAndHang(2, 'news');
    const untilFull = (): number => {
      let taken = 0;
      while (first.bus.publish('news', long('x')).reactors === 1) taken++;
      return taken;
    };
    const share = untilFull();
    await settle();
    expect(readAll()).toBe(share);
    expect(untilFull()).toBe(share);
    await settle();
    expect(machine.members.leave(row)).toBe(share);
    machine.joinAndHang(2, 'news');
    expect(untilFull()).toBe(share);
  });

  it('gets messages through its lane when its share of the slab is used up', async () => {
    machine = new BusMachine(3, {
      maxPayloadBytes: 4_096,
      slabBytes: 4 * 4_104,
      laneBytes: 65_536,
    });
    const [first, second] = [await machine.join(0), await machine.join(1)];
    const { readAll } = machine.joinAndHang(2, 'news');
    const peer = second.subscriber('news');
    const sent = Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(4_000));
    for (const text of sent) {
      expect(first.bus.publish('news', text)).toEqual({ reactors: 2, lanesFull: 0 });
      await settle();
    }
    expect(peer.texts).toEqual(sent);
    expect(machine.leases()).toBe(2);
    expect(readAll()).toBe(10);
    expect(machine.leases()).toBe(0);
  });
});
