// The model of a ring, for tests with random operations.
import {
  type Batch,
  type BatchSource,
  RING_FULL,
  type RingConsumer,
  type RingProducer,
} from '@hioload/api';
import fc from 'fast-check';

/** Both ends of a ring under test, and what the model has to know of it. */
export interface RingUnderTest {
  readonly producer: RingProducer;
  readonly consumer: RingConsumer & BatchSource;
  readonly flushEvery: number;
  /** Lengths of records that it takes. */
  readonly lengths: fc.Arbitrary<number>;
  /** Whether a ring that holds records of these lengths may refuse one of another length. */
  mayRefuse(held: readonly number[], length: number): boolean;
}

/** Sends records through a ring and keeps, beside it, what ought to be in it. */
class RingModel {
  readonly #ring: RingUnderTest;
  /** Committed and not yet visible, then visible and not yet consumed. */
  readonly #gathered: Uint8Array[] = [];
  readonly #visible: Uint8Array[] = [];

  constructor(ring: RingUnderTest) {
    this.#ring = ring;
  }

  push(record: Uint8Array, inPlace: boolean): void {
    if (!(inPlace ? this.#write(record) : this.#ring.producer.tryPush(record))) {
      const held = [...this.#visible, ...this.#gathered].map(({ length }) => length);
      equal(
        this.#ring.mayRefuse(held, record.length),
        true,
        `refused ${record.length} bytes while it holds ${held.join()}`,
      );
      this.#flushed();
      return;
    }
    this.#gathered.push(record);
    if (this.#gathered.length >= this.#ring.flushEvery) this.#flushed();
  }

  pushMany(records: readonly Uint8Array[]): void {
    this.#gathered.push(...records.slice(0, this.#ring.producer.tryPushMany(records)));
    this.#flushed();
  }

  abandon(length: number): void {
    if (this.#ring.producer.tryReserve(length) === RING_FULL) this.#flushed();
  }

  flush(): void {
    equal(
      this.#ring.producer.flush(),
      this.#gathered.length > 0,
      'flush says whether there was anything',
    );
    this.#flushed();
  }

  drain(limit: number): void {
    const seen: Uint8Array[] = [];
    const count = this.#ring.consumer.drain(
      limit,
      (bytes, start, end) => void seen.push(bytes.slice(start, end)),
    );
    equal(count, seen.length, 'drain counts what it handed out');
    this.#consumed(seen, limit);
  }

  take(limit: number, from: number): void {
    const batch = this.#ring.consumer.take(limit);
    const seen = copyOf(batch);
    sameRecords(copyOf(batch.slice(from)), seen.slice(from));
    sameRecords(copyOf(batch.slice(0, -1)), seen.slice(0, -1));
    this.#ring.consumer.release();
    equal(batch.length, 0, 'a released batch is empty');
    this.#consumed(seen, limit);
  }

  end(): void {
    this.flush();
    while (this.#visible.length > 0) this.drain(Number.POSITIVE_INFINITY);
    equal(this.#ring.consumer.hasRecords(), false, 'the ring is empty at the end');
  }

  #write(record: Uint8Array): boolean {
    const { producer } = this.#ring;
    const at = producer.tryReserve(record.length, 3);
    if (at === RING_FULL) return false;
    producer.bytes.set(record, at);
    producer.commit();
    return true;
  }

  #flushed(): void {
    this.#visible.push(...this.#gathered.splice(0));
  }

  #consumed(seen: readonly Uint8Array[], limit: number): void {
    // One call may stop at what was visible when it last looked; it never comes back empty while
    // there is something.
    if (this.#visible.length > 0 && limit > 0)
      equal(seen.length > 0, true, 'a visible record is handed out');
    sameRecords(seen, this.#visible.splice(0, seen.length));
  }
}

/** How to make a ring, and what is done with it. */
export interface RingScript {
  readonly options: unknown;
  readonly open: () => RingUnderTest;
  readonly steps: readonly Step[];
}

/** The property that every ring has: what comes out is what went in, in order, whole, once. */
export function keepsItsRecords({ open, steps }: RingScript): void {
  const model = new RingModel(open());
  for (const { run } of steps) run(model);
  model.end();
}

/** Scripts for the rings that `make` builds out of the options it is given. */
export function ringScripts<Options>(
  options: fc.Arbitrary<Options>,
  make: (options: Options) => RingUnderTest,
): fc.Arbitrary<RingScript> {
  return options.chain((chosen) =>
    fc
      .array(stepsFor(make(chosen)), { maxLength: 60 })
      .map((steps) => ({ options: chosen, open: () => make(chosen), steps })),
  );
}

/** One call on a ring, with the text that a counterexample shows. */
interface Step {
  readonly call: string;
  readonly run: (model: RingModel) => void;
}

function stepsFor({ lengths }: RingUnderTest): fc.Arbitrary<Step> {
  const record = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  const limit = fc.oneof(fc.nat({ max: 8 }), fc.constant(Number.POSITIVE_INFINITY));
  const push = fc.tuple(record, fc.boolean());
  return fc.oneof(
    {
      weight: 6,
      arbitrary: push.map(([it, inPlace]) =>
        step(`push ${hex(it)}`, (model) => model.push(it, inPlace)),
      ),
    },
    fc
      .array(record, { maxLength: 5 })
      .map((all) => step(`push ${all.map(hex).join(' ')}`, (model) => model.pushMany(all))),
    lengths.map((length) => step(`abandon ${length}`, (model) => model.abandon(length))),
    fc.constant(step('flush', (model) => model.flush())),
    {
      weight: 3,
      arbitrary: limit.map((most) => step(`drain ${most}`, (model) => model.drain(most))),
    },
    fc
      .tuple(limit, fc.nat({ max: 4 }))
      .map(([most, from]) => step(`take ${most}`, (model) => model.take(most, from))),
  );
}

const step = (call: string, run: (model: RingModel) => void): Step => ({ call, run });

function copyOf(batch: Batch): Uint8Array[] {
  return Array.from({ length: batch.length }, (_, i) =>
    batch.bytes.slice(batch.startOf(i), batch.endOf(i)),
  );
}

function sameRecords(seen: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  equal(seen.map(hex).join(' '), expected.map(hex).join(' '), 'records');
}

function hex(bytes: Uint8Array): string {
  return `[${Buffer.from(bytes).toString('hex')}]`;
}

function equal<T>(found: T, expected: T, what: string): void {
  if (found !== expected)
    throw new Error(`${what}: found ${String(found)}, expected ${String(expected)}`);
}
