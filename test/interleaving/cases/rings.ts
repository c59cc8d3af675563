// Cases of rings and lanes, in every interleaving.
import type { RingConsumer, RingProducer } from '@hioload/api';
import { Lane, type Region } from '@hioload/pool';
import { SpscRing } from '@hioload/pool/rings';
import { defineCase, type InterleavingCase } from '../scheduler/case.js';
import { EarlyFreeConsumer, EarlyPublishProducer } from './broken-rings.js';

const RECORDS = 3;
const WORDS = 2;
const TORN = -1;

/** A record that says of each of its words which record it belongs to. */
function pushNumbers(producer: RingProducer): number[] {
  const words = new Int32Array(
    producer.bytes.buffer,
    producer.bytes.byteOffset,
    producer.bytes.length >> 2,
  );
  let pushed = 0;
  // A try more than there are records: room may come while others run, and need not.
  for (let attempt = 0; attempt <= RECORDS && pushed < RECORDS; attempt++) {
    const at = producer.tryReserve(4 * WORDS);
    if (at < 0) continue;
    for (let word = 0; word < WORDS; word++) words[(at >> 2) + word] = pushed + 1;
    producer.commit();
    pushed++;
  }
  producer.flush();
  return [pushed];
}

function drainNumbers(consumer: RingConsumer): number[] {
  const seen: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    consumer.drain(2, (bytes, start, end) => {
      const words = new Int32Array(
        bytes.buffer as SharedArrayBuffer,
        bytes.byteOffset + start,
        (end - start) >> 2,
      );
      const [first = TORN] = words;
      seen.push(words.every((word) => word === first) ? first : TORN);
    });
  }
  return seen;
}

/** What arrived is the beginning of what was sent. */
function judgeNumbers({
  reports: [sent, seen],
}: {
  readonly reports: readonly (readonly number[])[];
}): string | null {
  const [pushed = 0] = sent ?? [];
  const sound = seen!.length <= pushed && seen!.every((number, i) => number === i + 1);
  return sound ? null : `pushed ${pushed}, saw ${seen!.join()}`;
}

interface Ends {
  readonly name: string;
  readonly memory: () => Region;
  readonly producer: (region: Region, flushEvery: number) => RingProducer;
  readonly consumer: (region: Region, debug: boolean) => RingConsumer;
}

const ring = (name: string, capacity: number, firstSequence: number): Ends => ({
  name,
  memory: () => SpscRing.create({ capacity, slotBytes: 4 * WORDS, firstSequence }).region,
  producer: (region, flushEvery) => SpscRing.attach(region).producer({ flushEvery }),
  consumer: (region, debug) => SpscRing.attach(region).consumer({ debug }),
});

const lane = (name: string, firstPosition: number): Ends => ({
  name,
  memory: () => Lane.create({ capacityBytes: 64, firstPosition }).region,
  producer: (region, flushEvery) => Lane.attach(region).producer({ flushEvery }),
  consumer: (region, debug) => Lane.attach(region).consumer({ debug }),
});

const caseOf = (
  { name, memory, producer, consumer }: Ends,
  flushEvery: number,
  debug = false,
): InterleavingCase =>
  defineCase({
    name: `${name}, published every ${flushEvery}${debug ? ', poisoned' : ''}`,
    memory: () => ({ ring: memory() }),
    threads: [
      ({ ring }) => {
        const end = producer(ring, flushEvery);
        return () => pushNumbers(end);
      },
      ({ ring }) => {
        const end = consumer(ring, debug);
        return () => drainNumbers(end);
      },
    ],
    judge: judgeNumbers,
  });

const small = ring('ring of 2', 2, 0);
const earlyPublish: Ends = {
  ...small,
  name: 'publish before write',
  producer: (region, flushEvery) => new EarlyPublishProducer(small.producer(region, flushEvery)),
};
const earlyFree: Ends = {
  ...small,
  name: 'free before read',
  consumer: (region, debug) => new EarlyFreeConsumer(small.consumer(region, debug)),
};

export const cases: readonly InterleavingCase[] = [
  ...[
    ring('ring of 1', 1, 0),
    ring('ring of 2 below 2^31', 2, 2 ** 31 - 2),
    ring('ring of 2 below 2^32', 2, 2 ** 32 - 2),
    lane('lane below 2^31', 2 ** 31 - 16),
    lane('lane below 2^32', 2 ** 32 - 16),
    lane('lane with a filler', 64 - 8),
  ].flatMap((ends) => [caseOf(ends, 1), caseOf(ends, 2), caseOf(ends, 1, true)]),
  { ...caseOf(earlyPublish, 1), broken: true },
  { ...caseOf(earlyFree, 1), broken: true },
];
