// Cases of sleeping and waking, in every interleaving.
import { Doorbells, Lane, type LaneConsumer, type Region, type Sleeper } from '@hioload/pool';
import { bellLayout } from '@hioload/pool/internal';
import { defineCase, type InterleavingCase } from '../scheduler/case.js';

const RECORDS = 2;

type Memory = { readonly lane: Region; readonly bells: Region };
/**
 * Consumes until it has seen all records. Returns what it saw, which it goes on to fill while it
 * sleeps.
 */
type Consume = (consumer: LaneConsumer, sleeper: Sleeper) => number[];

const memory = (): Memory => ({
  lane: Lane.create({ capacityBytes: 64 }).region,
  bells: Doorbells.create(1).region,
});

function drainInto(seen: number[], consumer: LaneConsumer): void {
  consumer.drain(RECORDS, (bytes, start) => void seen.push(bytes[start]!));
}

/** A thread that blocks. */
const sleeping: Consume = (consumer, sleeper) => {
  const seen: number[] = [];
  while (seen.length < RECORDS) {
    sleeper.sleep(() => consumer.hasRecords());
    drainInto(seen, consumer);
  }
  return seen;
};

/** An event loop: arms, and goes on when it is called back. */
const arming: Consume = (consumer, sleeper) => {
  const seen: number[] = [];
  const turn = (): void => {
    while (seen.length < RECORDS) {
      drainInto(seen, consumer);
      if (seen.length < RECORDS && sleeper.arm(() => consumer.hasRecords(), turn)) return;
    }
  };
  turn();
  return seen;
};

/**
 * An event loop that has other things to do, too: it wakes by itself once, drains, and arms again.
 */
const armingTwice: Consume = (consumer, sleeper) => {
  const seen: number[] = [];
  const turn = (): void => {
    drainInto(seen, consumer);
    while (seen.length < RECORDS && !sleeper.arm(() => consumer.hasRecords(), turn))
      drainInto(seen, consumer);
  };
  turn();
  sleeper.wake();
  turn();
  return seen;
};

function wakeCase(
  name: string,
  consume: Consume,
  ring = (bells: Doorbells): unknown => bells.ring(0),
): InterleavingCase {
  return defineCase<Memory>({
    name,
    memory,
    threads: [
      ({ lane, bells }) => {
        const consumer = Lane.attach(lane).consumer();
        const sleeper = Doorbells.attach(bells).sleeper(0);
        return () => consume(consumer, sleeper);
      },
      (shared) => {
        const producer = Lane.attach(shared.lane).producer();
        const bells = Doorbells.attach(shared.bells);
        return () => {
          for (let i = 1; i <= RECORDS; i++) {
            producer.tryPush(Uint8Array.of(i));
            producer.flush();
            ring(bells);
          }
          return [];
        };
      },
    ],
    // Whoever still sleeps once all was published sleeps for ever.
    judge: ({ asleep, memory: { lane } }) => {
      const ring = Lane.attach(lane);
      ring.evictConsumer();
      return asleep.includes(0) && ring.consumer().hasRecords()
        ? 'it sleeps although there are records'
        : null;
    },
  });
}

const { ASLEEP, AWAKE, bellOf } = bellLayout;
const wordsOf = ({ region: { buffer, byteOffset } }: Doorbells): Int32Array =>
  new Int32Array(buffer, byteOffset);

const twoRingers = defineCase<{ readonly bells: Region }>({
  name: 'two ring for one sleeper',
  memory: () => ({ bells: Doorbells.create(1).region }),
  threads: [
    ({ bells }) => {
      const sleeper = Doorbells.attach(bells).sleeper(0);
      return () => [['work', 'rang'].indexOf(sleeper.sleep(() => false))];
    },
    ...[0, 1].map(() => ({ bells }: { readonly bells: Region }) => {
      const bell = Doorbells.attach(bells);
      return () => [Number(bell.ring(0))];
    }),
  ],
  judge: ({ asleep, reports: [slept, [first] = [0], [second] = [0]] }) => {
    const woke = first! + second!;
    // Nobody rings before it sleeps in some orders: then it sleeps on, and nobody claims to have
    // woken it.
    if (asleep.includes(0)) return woke === 0 ? null : 'a ringer claims to have woken who sleeps';
    return woke === 1 && slept![0] === 1 ? null : `${woke} ringers claim the one wake-up`;
  },
});

const sleepBeforeRecheck: Consume = (consumer, sleeper) => {
  const seen: number[] = [];
  while (seen.length < RECORDS) {
    // The last look comes before the bell is set.
    if (!consumer.hasRecords()) sleeper.sleep(() => false);
    drainInto(seen, consumer);
  }
  return seen;
};

export const cases: readonly InterleavingCase[] = [
  wakeCase('a thread that blocks', sleeping),
  wakeCase('an event loop that arms', arming),
  wakeCase('an event loop that wakes by itself, too', armingTwice),
  twoRingers,
  { ...wakeCase('sleep before re-check', sleepBeforeRecheck), broken: true },
  {
    ...wakeCase('a ringer that takes the bell and forgets to wake', arming, (bells) =>
      Atomics.compareExchange(wordsOf(bells), bellOf(0), ASLEEP, AWAKE),
    ),
    broken: true,
  },
];
