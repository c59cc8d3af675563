/** Batched records per second. Newer compilers of V8 write records twice as fast. */
const BATCHED_PER_SECOND = Number(process.versions.node.split('.')[0]) >= 24 ? 100e6 : 50e6;

/** One measurement between a writing and a reading thread, with its arms. */
export interface PoolSeries {
  readonly name: string;
  readonly about: string;
  readonly unit: 'records/s' | 'GB/s' | 'ns';
  readonly kind: 'throughput' | 'round trip' | 'lease';
  readonly recordBytes: number;
  /** Records that become visible together. An arm without batches sends each record by itself. */
  readonly flushEvery: number;
  readonly arms: readonly ArmName[];
  readonly goals: readonly PoolGoal[];
}

/** The goal of an arm: a value in the unit of the series, or a multiple of another arm. */
export interface PoolGoal {
  readonly arm: ArmName;
  readonly value: number;
  readonly timesArm?: ArmName;
}

/** All arms that take part in any series. The first two are ours. */
export const ARM_NAMES = [
  'lane',
  'ring',
  'ringbuf.js',
  'MessagePort',
  'postMessage',
  'C++ ring',
  'owner',
  'guest',
] as const;
export type ArmName = (typeof ARM_NAMES)[number];

/**
 * The number of records in one pass. The first quarter warms up. Sending objects takes a hundred
 * times longer, so its passes have fewer records.
 */
export function recordsOf(arm: ArmName, { kind, recordBytes }: PoolSeries): number {
  if (kind === 'lease') return 2_000_000;
  const slow = arm === 'postMessage' || arm === 'MessagePort';
  if (kind === 'round trip') return slow ? 4_000 : 100_000;
  if (slow) return 120_000;
  return recordBytes > 64 ? 2_000_000 : 8_000_000;
}

const RIVALS: readonly ArmName[] = ['ringbuf.js', 'MessagePort', 'postMessage', 'C++ ring'];

export const POOL_SERIES: readonly PoolSeries[] = [
  {
    name: 'batch',
    about: '64-byte records, published every 64',
    unit: 'records/s',
    kind: 'throughput',
    recordBytes: 64,
    flushEvery: 64,
    arms: ['ring', 'lane', ...RIVALS],
    goals: [
      { arm: 'ring', value: BATCHED_PER_SECOND },
      { arm: 'ring', value: 0.4, timesArm: 'C++ ring' },
      { arm: 'ring', value: 60, timesArm: 'postMessage' },
    ],
  },
  {
    name: 'single',
    about: '64-byte records, published one by one',
    unit: 'records/s',
    kind: 'throughput',
    recordBytes: 64,
    flushEvery: 1,
    arms: ['ring', 'lane', ...RIVALS],
    goals: [{ arm: 'ring', value: 8e6 }],
  },
  {
    name: 'round-trip',
    about:
      'there and back, 64 bytes, both ends spinning; postMessage and MessagePort with event loops',
    unit: 'ns',
    kind: 'round trip',
    recordBytes: 64,
    flushEvery: 1,
    arms: ['ring', 'lane', ...RIVALS],
    goals: [{ arm: 'ring', value: 600 }],
  },
  {
    name: 'large',
    about: '1 KiB records, copied in, published every 16',
    unit: 'GB/s',
    kind: 'throughput',
    recordBytes: 1_024,
    flushEvery: 16,
    arms: ['lane', ...RIVALS],
    goals: [{ arm: 'lane', value: 4 }],
  },
  {
    name: 'lease',
    about: 'a block borrowed and given back, by its owner, or by another thread',
    unit: 'ns',
    kind: 'lease',
    recordBytes: 64,
    flushEvery: 1,
    arms: ['owner', 'guest'],
    goals: [
      { arm: 'owner', value: 30 },
      { arm: 'guest', value: 100 },
    ],
  },
];
