// Rings with a fault, which the model must find.
import type { Batch, RecordSink } from '@hioload/api';
import type { RingUnderTest } from './ring-model.js';

/** A consumer with a fault of its own around a sound one. */
type Fault = (ring: RingUnderTest) => RingUnderTest;

const withDrain = (
  ring: RingUnderTest,
  drain: (limit: number, sink: RecordSink) => number,
): RingUnderTest => ({
  ...ring,
  consumer: {
    drain,
    hasRecords: () => ring.consumer.hasRecords(),
    take: (limit): Batch => ring.consumer.take(limit),
    release: () => ring.consumer.release(),
  },
});

const withBatches = (
  ring: RingUnderTest,
  { take, release }: Partial<Pick<RingUnderTest['consumer'], 'take' | 'release'>>,
): RingUnderTest => ({
  ...ring,
  consumer: {
    drain: (limit, sink) => ring.consumer.drain(limit, sink),
    hasRecords: () => ring.consumer.hasRecords(),
    take: take ?? ((limit): Batch => ring.consumer.take(limit)),
    release: release ?? ((): void => ring.consumer.release()),
  },
});

/** Faults that a suite for rings has to notice, by name. */
export const RING_FAULTS: Readonly<Record<string, Fault>> = {
  'loses every fifth record': (ring) => {
    let seen = 0;
    return withDrain(ring, (limit, sink) =>
      ring.consumer.drain(limit, (bytes, start, end) =>
        ++seen % 5 === 0 ? undefined : sink(bytes, start, end),
      ),
    );
  },
  'hands every fifth record out twice': (ring) => {
    let seen = 0;
    return withDrain(ring, (limit, sink) =>
      ring.consumer.drain(limit, (bytes, start, end) => {
        sink(bytes, start, end);
        if (++seen % 5 === 0) sink(bytes, start, end);
      }),
    );
  },
  'cuts the last byte of a long record': (ring) =>
    withDrain(ring, (limit, sink) =>
      ring.consumer.drain(limit, (bytes, start, end) =>
        sink(bytes, start, end - start > 20 ? end - 1 : end),
      ),
    ),
  'hands out the newest first': (ring) =>
    withDrain(ring, (limit, sink) => {
      const records: Uint8Array[] = [];
      const count = ring.consumer.drain(
        limit,
        (bytes, start, end) => void records.unshift(bytes.slice(start, end)),
      );
      for (const record of records) sink(record, 0, record.length);
      return count;
    }),
  'lends a batch without its first record': (ring) =>
    withBatches(ring, { take: (limit) => ring.consumer.take(limit).slice(1) }),
  'lends a batch of which slices begin one too late': (ring) =>
    withBatches(ring, { take: (limit) => lateSlices(ring.consumer.take(limit)) }),
  'does not take a batch back': (ring) => withBatches(ring, { release: () => undefined }),
  'frees records before they are read': (ring) =>
    withDrain(ring, (limit, sink) => {
      const places: [Uint8Array, number, number][] = [];
      const count = ring.consumer.drain(limit, (...place) => void places.push(place));
      for (const place of places) sink(...place);
      return count;
    }),
};

function lateSlices(batch: Batch): Batch {
  return {
    get length() {
      return batch.length;
    },
    bytes: batch.bytes,
    startOf: (index) => batch.startOf(index),
    endOf: (index) => batch.endOf(index),
    forEach: (sink) => batch.forEach(sink),
    slice: (from = 0, to = batch.length) => batch.slice(from + 1, to),
  };
}
