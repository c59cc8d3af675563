// A rival in the pool benchmark: the ring of the package `ringbuf.js`.
import { RingBuffer } from 'ringbuf.js';
import {
  type Channel,
  type ChannelPlan,
  type PayloadCheck,
  type Reader,
  RING_BYTES,
  type Writer,
} from '../channel.js';
import { markRecord, SHORT_BYTES, writeRecord } from '../bench-record.js';

const open = ({ shared }: ChannelPlan): RingBuffer =>
  new RingBuffer(shared as SharedArrayBuffer, Int32Array);

/** Gathers a batch in an array of its own, because this ring publishes with every push. */
class RingbufWriter implements Writer {
  readonly #ring: RingBuffer;
  readonly #batch: Int32Array;
  readonly #recordWords: number;
  readonly #onlyEnds: boolean;
  #filled = 0;

  constructor(ring: RingBuffer, { recordBytes, flushEvery }: ChannelPlan) {
    this.#ring = ring;
    this.#recordWords = recordBytes / Int32Array.BYTES_PER_ELEMENT;
    this.#batch = new Int32Array(this.#recordWords * flushEvery);
    this.#onlyEnds = recordBytes > SHORT_BYTES;
  }

  send(sequence: number): void {
    const batch = this.#batch;
    const first = this.#filled;
    if (this.#onlyEnds) markRecord(batch, first, this.#recordWords, sequence);
    else writeRecord(batch, first, sequence);
    this.#filled += this.#recordWords;
    if (this.#filled === batch.length) this.flush();
  }

  flush(): void {
    while (this.#filled > 0 && this.#ring.availableWrite() < this.#filled);
    this.#ring.push(this.#batch, this.#filled);
    this.#filled = 0;
  }
}

class RingbufReader implements Reader {
  readonly #ring: RingBuffer;
  readonly #batch = new Int32Array(RING_BYTES / Int32Array.BYTES_PER_ELEMENT);
  readonly #recordWords: number;

  constructor(ring: RingBuffer, recordBytes: number) {
    this.#ring = ring;
    this.#recordWords = recordBytes / Int32Array.BYTES_PER_ELEMENT;
  }

  poll(check: PayloadCheck): number {
    const records = Math.floor(this.#ring.availableRead() / this.#recordWords);
    if (records === 0) return 0;
    this.#ring.pop(this.#batch, records * this.#recordWords);
    for (let i = 0; i < records; i++) check(this.#batch, i * this.#recordWords);
    return records;
  }
}

export const ringbufArm: Channel = {
  create: () =>
    RingBuffer.getStorageForCapacity(RING_BYTES / Int32Array.BYTES_PER_ELEMENT, Int32Array),
  writer: (plan) => new RingbufWriter(open(plan), plan),
  reader: (plan) => new RingbufReader(open(plan), plan.recordBytes),
};
