/* The door `@hioload/pool/rings`: rings of fixed slots, which the product itself does not use. */
export type { ConsumerOptions, ProducerOptions } from './ring/ring-layout.js';
export type { SpscConsumer } from './ring/spsc-consumer.js';
export type { SpscProducer } from './ring/spsc-producer.js';
export { SpscRing, type SpscRingOptions } from './ring/spsc-ring.js';
