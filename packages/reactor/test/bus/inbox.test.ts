// Tests of the order in which a reactor reads its lanes.
import { FakeMetrics } from '@hioload/fake';
import { Slab, topicHash } from '@hioload/pool';
import { describe, expect, it } from 'vitest';
import { BusMemory } from '../../src/bus/bus-memory.js';
import { Inbox } from '../../src/bus/inbox.js';
import { Outbox } from '../../src/bus/outbox.js';
import { PeerSlabs } from '../../src/bus/membership.js';

/** Row 0 reads, and rows 1 and 2 publish to it. Time passes only by the cost of a message. */
function surroundings(costMs: number, drainRecords = 256) {
  const memory = BusMemory.create(3, 65_536);
  memory.mesh.openInbox(0);
  memory.interest.writer(0).add(topicHash('news'));
  const outboxes = [1, 2].map(
    (row) =>
      new Outbox({
        memory,
        row,
        flushRecords: 1,
        maxPayloadBytes: 1_024,
        metrics: new FakeMetrics(),
        slab: () => {
          throw new Error('nothing long is published');
        },
      }),
  );
  let nowMs = 0;
  const heard: string[] = [];
  const inbox = new Inbox({
    memory,
    row: 0,
    drainRecords,
    metrics: new FakeMetrics(),
    slabs: new PeerSlabs(() => false),
    now: () => nowMs,
    receiver: {
      onPublish: (_, bytes, start, end) => {
        nowMs += costMs;
        heard.push(Buffer.from(bytes.slice(start, end)).toString());
      },
      onSend: () => undefined,
      onEnd: () => undefined,
    },
  });
  const publish = (count: number): void => {
    outboxes.forEach((outbox, i) => {
      for (let n = 0; n < count; n++) outbox.publish('news', `${i}`, undefined);
    });
  };
  return { inbox, heard, publish, now: () => nowMs };
}

describe('an inbox', () => {
  it('gives each lane its share, however full the others are', () => {
    const { inbox, heard, publish } = surroundings(0.05);
    publish(100);
    inbox.drain();
    const shares = ['0', '1'].map((lane) => heard.filter((text) => text === lane).length);
    expect(heard.length).toBeLessThan(200);
    // A lane is never more than a batch ahead.
    expect(Math.abs(shares[0]! - shares[1]!)).toBeLessThanOrEqual(16);
    expect(Math.min(...shares)).toBeGreaterThan(4);
  });

  it('returns within its part of a turn, give or take a slice', () => {
    for (const costMs of [0.01, 0.1, 1, 5]) {
      const { inbox, publish, now } = surroundings(costMs);
      publish(300);
      while (inbox.hasRecords()) {
        const before = now();
        expect(inbox.drain()).toBeGreaterThan(0);
        expect(now() - before, `${costMs} ms a message`).toBeLessThanOrEqual(
          2 + Math.max(1, costMs),
        );
      }
    }
  });

  it('takes more records at a time while that is quick, up to the given batch', () => {
    const { inbox, heard, publish } = surroundings(0, 16);
    publish(100);
    expect(inbox.drain()).toBe(200);
    const runs = heard
      .join('')
      .match(/0+|1+/g)!
      .map(({ length }) => length);
    expect(runs.slice(0, 6)).toEqual([1, 1, 2, 2, 4, 4]);
    expect(Math.max(...runs)).toBe(16);
    expect(inbox.drain()).toBe(0);
  });

  it('continues at the lane where it stopped', () => {
    const { inbox, heard, publish } = surroundings(3);
    publish(10);
    while (inbox.hasRecords()) inbox.drain();
    expect(heard.join('')).toBe('01'.repeat(10));
  });
});

describe('the slabs of others', () => {
  it('are looked up at once if a handle comes before the notice of its slab', () => {
    const notices = [7, 8];
    const slabs: PeerSlabs = new PeerSlabs(() => {
      const number = notices.shift();
      if (number === undefined) return false;
      slabs.add(number, Slab.create([{ blockBytes: 64, blocks: 1 }]).region);
      return true;
    });
    expect(slabs.get(8).bytes.length).toBeGreaterThan(0);
    expect(slabs.size).toBe(2);
    slabs.remove(8);
    expect(() => slabs.get(8)).toThrow(expect.objectContaining({ code: 'HIOLOAD_STATE' }));
  });
});
