// Cases in which a thread dies at any step.
import type { RingConsumer, RingProducer } from '@hioload/api';
import { Doorbells, InterestMap, Lane, MpscRing, type Region, Slab } from '@hioload/pool';
import { SpscRing } from '@hioload/pool/rings';
import { bellLayout, SlabBlocks } from '@hioload/pool/internal';
import { defineCase, type InterleavingCase } from '../scheduler/case.js';
import { blocksAtHome } from './blocks-at-home.js';

const RECORDS = 3;
const HEIRLOOM = 100;

interface Ring {
  producer(options?: { flushEvery: number }): RingProducer;
  consumer(options?: { debug: boolean }): RingConsumer;
  evictProducer(): void;
  evictConsumer(): void;
}

const numberOf = (bytes: Uint8Array, start: number, end: number): number =>
  bytes.subarray(start, end).every((byte) => byte === bytes[start]) ? bytes[start]! : -1;

function push(producer: RingProducer, number: number): boolean {
  return producer.tryPush(new Uint8Array(8).fill(number));
}

function seenBy(consumer: RingConsumer, passes: number): number[] {
  const seen: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    consumer.drain(2, (bytes, start, end) => void seen.push(numberOf(bytes, start, end)));
  }
  return seen;
}

/**
 * Whoever dies, heirs take over both ends: what they see goes on where the dead consumer had freed,
 * has no gap, and ends with what the heir of the producer sends.
 */
function ringDeath(
  name: string,
  create: () => Region,
  attach: (region: Region) => Ring,
): InterleavingCase {
  return defineCase<{ readonly ring: Region }>({
    name,
    deaths: true,
    memory: () => ({ ring: create() }),
    threads: [
      ({ ring }) => {
        const producer = attach(ring).producer({ flushEvery: 2 });
        return () => {
          let pushed = 0;
          while (pushed < RECORDS && push(producer, pushed + 1)) pushed++;
          producer.flush();
          return [pushed];
        };
      },
      ({ ring }) => {
        const consumer = attach(ring).consumer({ debug: false });
        return () => seenBy(consumer, 2);
      },
    ],
    judge: ({ memory, reports: [, seen], dead }) => {
      const ring = attach(memory.ring);
      ring.evictProducer();
      ring.evictConsumer();
      const [producer, consumer] = [
        ring.producer({ flushEvery: 1 }),
        ring.consumer({ debug: false }),
      ];
      const rest = seenBy(consumer, RECORDS);
      if (!push(producer, HEIRLOOM)) return 'the heir finds no room in an empty ring';
      const last = seenBy(consumer, 1);
      // Of a dead consumer nobody knows what it saw; its heir begins behind what it had freed.
      const all = dead.includes(1) ? rest : [...seen!, ...rest];
      const [first = 1] = all;
      const sound =
        all.every((number, i) => number === first + i) && (dead.includes(1) || first === 1);
      return sound && last.join() === `${HEIRLOOM}`
        ? null
        : `saw ${all.join()} and at last ${last.join()}`;
    },
  });
}

/**
 * A guest that dies costs its block at most; no block is in two places, and the others come home.
 */
const guestDeath: InterleavingCase = defineCase<{ readonly slab: Region }>({
  name: 'guests of a slab',
  deaths: true,
  memory: () => ({ slab: Slab.create([{ blockBytes: 8, blocks: 2 }]).region }),
  threads: [0, 1].map((block) => ({ slab }: { readonly slab: Region }) => {
    // The first to attach lends both blocks, whose handles are their numbers.
    const opened = Slab.attach(slab);
    const words = new Int32Array(slab.buffer);
    const blocks = new SlabBlocks(words, false);
    words[blocks.headerWord(block)] = 1;
    const guest = opened.guest({ debug: false });
    return () => [Number(guest.release(block))];
  }),
  judge: ({ memory: { slab }, dead }) => {
    const home = blocksAtHome(slab);
    const lost = [0, 1].filter((block) => !home.includes(block));
    const sound = new Set(home).size === home.length && lost.every((block) => dead.includes(block));
    return sound ? null : `home are ${home.join()}, dead are ${dead.join()}`;
  },
});

/**
 * A producer that dies leaves nothing, a whole record, or a claim that shows and can be given up.
 */
const claimantDeath: InterleavingCase = defineCase<{ readonly ring: Region }>({
  name: 'producers of a ring of many',
  deaths: true,
  memory: () => ({ ring: MpscRing.create({ capacity: 4, slotBytes: 8 }).region }),
  threads: [1, 2].map((producer) => ({ ring }: { readonly ring: Region }) => {
    const end = MpscRing.attach(ring).producer();
    return () => [Number(end.tryPush(new Uint8Array(8).fill(producer)))];
  }),
  judge: ({ memory, dead }) => {
    const ring = MpscRing.attach(memory.ring);
    const consumer = ring.consumer({ debug: false });
    const seen = seenBy(consumer, 2);
    if (consumer.waitsForClaim()) {
      if (dead.length === 0) return 'a claim without a record, and nobody died';
      consumer.abandonClaim();
      seen.push(...seenBy(consumer, 2));
    }
    ring.producer().tryPush(new Uint8Array(8).fill(HEIRLOOM));
    seen.push(...seenBy(consumer, 1));
    const missing = [1, 2].filter((producer) => !seen.includes(producer));
    const sound =
      missing.every((producer) => dead.includes(producer - 1)) && seen.at(-1) === HEIRLOOM;
    return sound && new Set(seen).size === seen.length
      ? null
      : `saw ${seen.join()}, dead are ${dead.join()}`;
  },
});

/**
 * Whoever dies at a doorbell, the other goes its way: a ringer never waits for a sleeper, and a
 * sleeper sleeps on beside a record only where its ringer died with the bell in its hand, which
 * shows: the bell says awake.
 */
const bellDeath: InterleavingCase = defineCase<{ readonly lane: Region; readonly bells: Region }>({
  name: 'sleeper and ringer of a doorbell',
  deaths: true,
  memory: () => ({
    lane: Lane.create({ capacityBytes: 64 }).region,
    bells: Doorbells.create(1).region,
  }),
  threads: [
    ({ lane, bells }) => {
      const consumer = Lane.attach(lane).consumer({ debug: false });
      const sleeper = Doorbells.attach(bells).sleeper(0);
      return () => {
        sleeper.sleep(() => consumer.hasRecords());
        return seenBy(consumer, 1);
      };
    },
    (memory) => {
      const producer = Lane.attach(memory.lane).producer({ flushEvery: 1 });
      const bells = Doorbells.attach(memory.bells);
      return () => {
        push(producer, 1);
        bells.ring(0);
        return [1];
      };
    },
  ],
  judge: ({ memory: { lane, bells }, reports: [seen, rang], asleep, dead }) => {
    const [sleeps, ringerDied] = [asleep.includes(0), dead.includes(1)];
    if (!ringerDied && rang!.join() !== '1') return 'the ringer did not come to its end';
    if (sleeps && !ringerDied) return 'it sleeps beside a record';
    const ring = Lane.attach(lane);
    ring.evictConsumer();
    const hasRecord = ring.consumer({ debug: false }).hasRecords();
    const bell = new Int32Array(bells.buffer, bells.byteOffset)[bellLayout.bellOf(0)];
    // What is left for the supervisor to do; the thread itself is not there any more to be woken.
    Doorbells.attach(bells).rouse(0);
    if (sleeps && hasRecord)
      return bell === bellLayout.AWAKE || bell === bellLayout.ASLEEP ? null : `the bell is ${bell}`;
    return dead.length > 0 || seen!.join() === '1' ? null : `saw ${seen!.join()}`;
  },
});

/**
 * A reactor that dies while it notes or takes back a topic: its bit can be cleared, and those of
 * others are as they were.
 */
const subscriberDeath: InterleavingCase = defineCase<{ readonly map: Region }>({
  name: 'reactors of an interest map',
  deaths: true,
  memory: () => ({ map: InterestMap.create({ reactors: 40, buckets: 2 }).region }),
  threads: [3, 4].map((reactor) => ({ map }: { readonly map: Region }) => {
    const writer = InterestMap.attach(map).writer(reactor);
    return () => {
      writer.add(0);
      writer.add(1);
      writer.remove(1);
      return [1];
    };
  }),
  judge: ({ memory, dead }) => {
    const map = InterestMap.attach(memory.map);
    for (const thread of dead) map.clear(3 + thread);
    const alive = [0, 1].filter((thread) => !dead.includes(thread));
    const expected = alive.reduce((mask, thread) => mask | (1 << (3 + thread)), 0);
    const masks = [map.mask(0, 0), map.mask(1, 0)];
    return masks[0] === expected && masks[1] === 0
      ? null
      : `the masks are ${masks.join()}, dead are ${dead.join()}`;
  },
});

export const cases: readonly InterleavingCase[] = [
  ringDeath(
    'ends of a ring',
    () => SpscRing.create({ capacity: 2, slotBytes: 8 }).region,
    SpscRing.attach,
  ),
  ringDeath(
    'ends of a lane',
    () => Lane.create({ capacityBytes: 64, firstPosition: 48 }).region,
    Lane.attach,
  ),
  guestDeath,
  claimantDeath,
  bellDeath,
  subscriberDeath,
];
