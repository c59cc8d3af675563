/* The public door of `@hioload/pool`. */
export { type AdmissionLimits, AdmissionTable, SharedAdmission } from './admission-table.js';
export { Doorbells } from './doorbell/doorbells.js';
export type { Sleeper, SleepOutcome } from './doorbell/sleeper.js';
export { Heartbeat } from './heartbeat.js';
export { type IdleOptions, idleStrategy } from './idle-strategies.js';
export { InterestMap, type InterestMapOptions, topicHash } from './interest/interest-map.js';
export type { LaneConsumer } from './lane/lane-consumer.js';
export type { LaneProducer } from './lane/lane-producer.js';
export { Lane, type LaneOptions } from './lane/lane.js';
export { RingMesh, type RingMeshOptions } from './mesh/ring-mesh.js';
export { type HistogramReading, MetricsBlock, MetricsTotals } from './metrics-block.js';
export type { MpscConsumer } from './mpsc/mpsc-consumer.js';
export type { MpscProducer } from './mpsc/mpsc-producer.js';
export { MpscRing, type MpscRingOptions } from './mpsc/mpsc-ring.js';
export {
  type ForeignSlab,
  NumaPools,
  type NumaPoolsOptions,
  type OwnPools,
} from './numa/numa-pools.js';
export { reportMemory } from './numa/memory-report.js';
export type { ConsumerOptions, ProducerOptions } from './ring/ring-layout.js';
export type { Region } from './shared/region.js';
export { spinPause } from './shared/spin-pause.js';
export { NO_BLOCK } from './slab/block-handle.js';
export type { SlabGuest } from './slab/slab-guest.js';
export type { BlockClass } from './slab/slab-layout.js';
export type { SlabOwner } from './slab/slab-owner.js';
export { type SlabLease, SlabPool } from './slab/slab-pool.js';
export { Slab, type SlabEndOptions } from './slab/slab.js';
export { type ObjectPoolOptions, RecyclingObjectPool } from './thread-pools/object-pool.js';
export { PlainBytePool, type PlainBytePoolOptions } from './thread-pools/plain-byte-pool.js';
export { createThreadPools } from './thread-pools/thread-pools.js';
