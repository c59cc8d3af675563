/* The counters of one reactor in shared memory, and the sums over reactors. */
import { HioloadError, HISTOGRAMS, METRIC_SERIES, type Metrics } from '@hioload/api';

/*
 * Layout, in 64-bit words:
 *
 *   0                    number of words: the layout mark, which tells a block of another build
 *   1 .. S               one cell per series of METRIC_SERIES
 *   S+1 ..               per histogram of HISTOGRAMS: its buckets, each of which counts its own
 *                        values only, the last one without an upper bound; then the sum of all
 *                        values
 *
 * One thread writes and the others read, without Atomics. A cell is an aligned 64-bit word. Every
 * platform that Node 20 runs on stores and loads such a word in one access, and no reader concludes
 * from one cell about another. (The language would allow a Float64 to tear. A test writes and reads
 * one from two threads to see that it does not.)
 */
const FIRST_CELL = 1;
const { starts: HISTOGRAM_STARTS, end: WORDS } = placeHistograms();

/** The word at which each histogram begins. */
function placeHistograms(): { readonly starts: readonly number[]; readonly end: number } {
  let end = FIRST_CELL + METRIC_SERIES.length;
  const starts = HISTOGRAMS.map(({ bounds }) => {
    const start = end;
    end += bounds.length + 2;
    return start;
  });
  return { starts, end };
}

/**
 * The counters of one reactor in shared memory. The owner allocates the block, so that its pages
 * lie on the node of the owner.
 */
export class MetricsBlock implements Metrics {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Float64Array;

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Float64Array(buffer);
  }

  /** Makes a block of zeros. */
  static allocate(): MetricsBlock {
    const block = new MetricsBlock(new SharedArrayBuffer(WORDS * Float64Array.BYTES_PER_ELEMENT));
    block.#words[0] = WORDS;
    return block;
  }

  /**
   * Attaches to the block of another thread.
   * @throws HIOLOAD_STATE where the buffer is no block of this build
   */
  static attach(buffer: SharedArrayBuffer): MetricsBlock {
    const mark =
      buffer.byteLength === WORDS * Float64Array.BYTES_PER_ELEMENT
        ? new Float64Array(buffer)[0]
        : undefined;
    if (mark !== WORDS) {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `metrics block of ${buffer.byteLength} bytes, marked ${mark ?? 'not at all'}: a block ` +
          `of this build is marked ${WORDS}`,
      );
    }
    return new MetricsBlock(buffer);
  }

  add(metric: number, amount: number): void {
    this.#words[FIRST_CELL + metric]! += amount;
  }

  read(metric: number): number {
    return this.#words[FIRST_CELL + metric]!;
  }

  observe(histogram: number, value: number): void {
    const { bounds } = HISTOGRAMS[histogram]!;
    const first = HISTOGRAM_STARTS[histogram]!;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.#words[first + bucket]! += 1;
    this.#words[first + bounds.length + 1]! += value;
  }

  /** A copy of every word behind the mark, for `MetricsTotals`. */
  snapshot(): Float64Array {
    return this.#words.slice(FIRST_CELL);
  }
}

/** A histogram as a scrape reads it. */
export interface HistogramReading {
  /** The observations of each bucket, in the order of the bounds. The last bucket has no bound. */
  readonly buckets: readonly number[];
  /** The sum of all values. */
  readonly sum: number;
}

/** Sums of blocks. The successor of a reactor goes on with the counters of its predecessor. */
export class MetricsTotals {
  readonly #sums = new Float64Array(WORDS - FIRST_CELL);

  /** Adds the present values of a block. */
  include(block: MetricsBlock): this {
    const words = block.snapshot();
    for (let i = 0; i < words.length; i++) this.#sums[i]! += words[i]!;
    return this;
  }

  /** Adds the counters of a reactor that has ended, but not its gauges. */
  includeEnded(block: MetricsBlock): this {
    const words = block.snapshot();
    for (let i = 0; i < words.length; i++)
      if (METRIC_SERIES[i]?.type !== 'gauge') this.#sums[i]! += words[i]!;
    return this;
  }

  /** Adds other totals. */
  plus(other: MetricsTotals): this {
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i]! += other.#sums[i]!;
    return this;
  }

  /** Adds to a counter an amount that no block holds. */
  count(metric: number, amount: number): void {
    this.#sums[metric]! += amount;
  }

  read(metric: number): number {
    return this.#sums[metric]!;
  }

  /** @param histogram one of `Histogram` */
  histogram(histogram: number): HistogramReading {
    const first = HISTOGRAM_STARTS[histogram]! - FIRST_CELL;
    const last = first + HISTOGRAMS[histogram]!.bounds.length + 1;
    return { buckets: Array.from(this.#sums.subarray(first, last)), sum: this.#sums[last]! };
  }
}
