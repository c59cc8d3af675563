// The rings of the stress test, with their capacities and record lengths.
import type { RingConsumer, RingProducer } from '@hioload/api';
import { Lane, type Region } from '@hioload/pool';
import { SpscRing } from '@hioload/pool/rings';

/** One ring to be driven as hard as it goes. Plain data, for both threads. */
export interface RingJob {
  readonly kind: 'ring' | 'lane';
  readonly region: Region;
  readonly records: number;
  readonly seed: number;
  readonly leastBytes: number;
  readonly mostBytes: number;
  readonly flushEvery: number;
}

export const producerOf = ({ kind, region, flushEvery }: RingJob): RingProducer =>
  (kind === 'ring' ? SpscRing : Lane).attach(region).producer({ flushEvery });

export const consumerOf = ({ kind, region }: RingJob): RingConsumer =>
  (kind === 'ring' ? SpscRing : Lane).attach(region).consumer();

/** Where sequences have their signs and their ends. */
const BEGINNINGS = [0, 2 ** 31 - 1_024, 2 ** 32 - 1_024];

export function ringJobs(seed: number): readonly (RingJob & { readonly name: string })[] {
  const jobs: (RingJob & { readonly name: string })[] = [];
  for (const firstSequence of BEGINNINGS) {
    for (const [capacity, slotBytes, records] of [
      [1, 8, 20_000],
      [4_096, 64, 200_000],
    ] as const) {
      const { region } = SpscRing.create({ capacity, slotBytes, firstSequence });
      const name = `ring of ${capacity} x ${slotBytes} bytes from sequence ${firstSequence}`;
      const lengths = { leastBytes: slotBytes, mostBytes: slotBytes };
      jobs.push({
        name,
        kind: 'ring',
        region,
        records,
        seed,
        ...lengths,
        flushEvery: 1 + (capacity >> 6),
      });
    }
    for (const [capacityBytes, records] of [
      [64, 20_000],
      [65_536, 100_000],
    ] as const) {
      const lane = Lane.create({ capacityBytes, firstPosition: firstSequence });
      const largest = lane.producer().maxRecordBytes;
      lane.evictProducer();
      const name = `lane of ${capacityBytes} bytes from position ${firstSequence}`;
      const lengths = { leastBytes: 0, mostBytes: Math.min(largest, 300) };
      jobs.push({
        name,
        kind: 'lane',
        region: lane.region,
        records,
        seed,
        ...lengths,
        flushEvery: 1 + (capacityBytes >> 10),
      });
    }
    const lane = Lane.create({ capacityBytes: 65_536, firstPosition: firstSequence });
    const name = `lane of records up to its largest from position ${firstSequence}`;
    const lengths = { leastBytes: 0, mostBytes: 32_757 };
    jobs.push({
      name,
      kind: 'lane',
      region: lane.region,
      records: 1_000,
      seed,
      ...lengths,
      flushEvery: 3,
    });
  }
  return jobs;
}
