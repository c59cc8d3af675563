// Cases of the ring with many producers, in every interleaving.
import { MpscRing, type Region } from '@hioload/pool';
import { defineCase, type InterleavingCase } from '../scheduler/case.js';
import { type CarelessFault, pushCarelessly } from './careless-mpsc.js';

const SLOT_BYTES = 8;
const PER_PRODUCER = 2;

type Memory = { readonly ring: Region };
type Push = (record: Uint8Array) => boolean;

function record(producer: number, number: number): Uint8Array {
  return new Uint8Array(SLOT_BYTES).fill(10 * producer + number);
}

/** Pushes numbered records. Reports how many fitted. */
function pushAll(push: Push, producer: number): number[] {
  let pushed = 0;
  for (let attempt = 0; attempt <= PER_PRODUCER && pushed < PER_PRODUCER; attempt++) {
    if (push(record(producer, pushed + 1))) pushed++;
  }
  return [pushed];
}

function ringCase(
  name: string,
  capacity: number,
  firstSequence: number,
  open = (region: Region): Push => {
    const producer = MpscRing.attach(region).producer();
    return (bytes) => producer.tryPush(bytes);
  },
): InterleavingCase {
  return defineCase<Memory>({
    name,
    memory: () => ({
      ring: MpscRing.create({ capacity, slotBytes: SLOT_BYTES, firstSequence }).region,
    }),
    threads: [
      ...[1, 2].map((producer) => ({ ring }: Memory) => {
        const push = open(ring);
        return () => pushAll(push, producer);
      }),
      ({ ring }) => {
        const consumer = MpscRing.attach(ring).consumer({ debug: true });
        return () => {
          const seen: number[] = [];
          for (let attempt = 0; attempt < 2; attempt++) {
            consumer.drain(2, (bytes, start, end) => {
              const whole = bytes.subarray(start, end).every((byte) => byte === bytes[start]);
              seen.push(whole && end - start === SLOT_BYTES ? bytes[start]! : -1);
            });
          }
          return seen;
        };
      },
    ],
    judge: ({ reports: [first, second, seen], memory }) => {
      const rest: number[] = [];
      const ring = MpscRing.attach(memory.ring);
      ring.evictConsumer();
      ring.consumer({ debug: false }).drain(100, (bytes, start) => void rest.push(bytes[start]!));
      const all = [...seen!, ...rest];
      // Of each producer: its numbers, in order, whole, once, and all of those that it was told had
      // fitted.
      const sound = [first!, second!].every(([pushed = 0], i) => {
        const own = all.filter((number) => Math.floor(number / 10) === i + 1);
        return own.join() === Array.from({ length: pushed }, (_, n) => 10 * (i + 1) + n + 1).join();
      });
      const complete = all.length === first![0]! + second![0]!;
      return sound && complete
        ? null
        : `pushed ${first!.join()} and ${second!.join()}, saw ${seen!.join()} and then ` +
            rest.join();
    },
  });
}

const careless = (fault: CarelessFault): InterleavingCase => ({
  ...ringCase(fault, 2, 0, (region) => (bytes) => pushCarelessly(region, fault, bytes)),
  broken: true,
});

export const cases: readonly InterleavingCase[] = [
  ringCase('two producers, capacity 1', 1, 2 ** 31 - 1),
  ringCase('two producers, capacity 2', 2, 2 ** 32 - 2),
  careless('claims without exchange'),
  careless('takes its turn before it writes'),
];
