// Arms of the pool benchmark: our ring and our lane.
import type { RingConsumer, RingProducer } from '@hioload/api';
import { Lane, type Region } from '@hioload/pool';
import { SpscRing } from '@hioload/pool/rings';
import {
  type Channel,
  type ChannelPlan,
  type PayloadCheck,
  type Reader,
  RING_BYTES,
  type Writer,
} from '../channel.js';
import { markRecord, SHORT_BYTES, writeRecord } from '../bench-record.js';

const wordsOf = (bytes: Uint8Array): Int32Array =>
  new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Int32Array.BYTES_PER_ELEMENT);

/**
 * Writes short records in place. Copies long records from a buffer of its own, because a server
 * also copies the bytes that it received.
 */
class RingWriter implements Writer {
  readonly #producer: RingProducer;
  readonly #words: Int32Array;
  readonly #recordWords: number;
  readonly #source: Uint8Array | null;
  readonly #sourceWords: Int32Array;

  constructor(producer: RingProducer, recordBytes: number) {
    this.#producer = producer;
    this.#words = wordsOf(producer.bytes);
    this.#recordWords = recordBytes / Int32Array.BYTES_PER_ELEMENT;
    this.#source = recordBytes > SHORT_BYTES ? new Uint8Array(recordBytes) : null;
    this.#sourceWords = wordsOf(this.#source ?? new Uint8Array(0));
  }

  send(sequence: number): void {
    if (this.#source === null) {
      let at = this.#producer.tryReserve(SHORT_BYTES);
      while (at < 0) at = this.#producer.tryReserve(SHORT_BYTES);
      writeRecord(this.#words, at >> 2, sequence);
      this.#producer.commit();
    } else {
      markRecord(this.#sourceWords, 0, this.#recordWords, sequence);
      while (!this.#producer.tryPush(this.#source));
    }
  }

  flush(): void {
    this.#producer.flush();
  }
}

class RingReader implements Reader {
  readonly #consumer: RingConsumer;
  #words: Int32Array | null = null;
  #check: PayloadCheck = () => undefined;

  constructor(consumer: RingConsumer) {
    this.#consumer = consumer;
  }

  poll(check: PayloadCheck): number {
    this.#check = check;
    return this.#consumer.drain(1_024, this.#sink);
  }

  readonly #sink = (bytes: Uint8Array, start: number): void => {
    this.#words ??= wordsOf(bytes);
    this.#check(this.#words, start >> 2);
  };
}

const regionOf = ({ shared }: ChannelPlan): Region => shared as Region;

export const ringArm: Channel = {
  create: (recordBytes) =>
    SpscRing.create({ capacity: RING_BYTES / recordBytes, slotBytes: recordBytes }).region,
  writer: (plan) =>
    new RingWriter(
      SpscRing.attach(regionOf(plan)).producer({ flushEvery: plan.flushEvery }),
      plan.recordBytes,
    ),
  reader: (plan) => new RingReader(SpscRing.attach(regionOf(plan)).consumer({ debug: false })),
};

export const laneArm: Channel = {
  create: () => Lane.create({ capacityBytes: RING_BYTES }).region,
  writer: (plan) =>
    new RingWriter(
      Lane.attach(regionOf(plan)).producer({ flushEvery: plan.flushEvery }),
      plan.recordBytes,
    ),
  reader: (plan) => new RingReader(Lane.attach(regionOf(plan)).consumer({ debug: false })),
};
