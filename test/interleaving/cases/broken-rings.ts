// Rings with a fault, which the search of interleavings must find.
import { RING_FULL, type RecordSink, type RingConsumer, type RingProducer } from '@hioload/api';

/** Makes a record visible before its bytes are written. */
export class EarlyPublishProducer implements RingProducer {
  readonly bytes: Uint8Array;
  readonly maxRecordBytes: number;
  readonly #sound: RingProducer;

  constructor(sound: RingProducer) {
    this.#sound = sound;
    this.bytes = sound.bytes;
    this.maxRecordBytes = sound.maxRecordBytes;
  }

  tryReserve(byteLength: number): number {
    const at = this.#sound.tryReserve(byteLength);
    if (at === RING_FULL) return at;
    this.#sound.commit();
    this.#sound.flush();
    return at;
  }

  commit(): void {
    // Was done too early.
  }

  tryPush(bytes: Uint8Array): boolean {
    return this.#sound.tryPush(bytes);
  }

  tryPushMany(records: readonly Uint8Array[]): number {
    return this.#sound.tryPushMany(records);
  }

  flush(): boolean {
    return false;
  }
}

/** Frees the room of records before it reads them. */
export class EarlyFreeConsumer implements RingConsumer {
  readonly #sound: RingConsumer;

  constructor(sound: RingConsumer) {
    this.#sound = sound;
  }

  hasRecords(): boolean {
    return this.#sound.hasRecords();
  }

  drain(limit: number, sink: RecordSink): number {
    const places: [Uint8Array, number, number][] = [];
    const count = this.#sound.drain(
      limit,
      (bytes, start, end) => void places.push([bytes, start, end]),
    );
    for (const [bytes, start, end] of places) sink(bytes, start, end);
    return count;
  }
}
