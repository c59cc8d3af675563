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
 * One thread writes, the others read, without Atomics: a cell is an aligned 64-bit word, which
 * every platform that Node 20 runs on stores and loads in one access, and nobody draws conclusions
 * from one cell about another. (The language would allow a Float64 to tear; a test writes and reads
 * one from two threads to see that it does not.)
 */
const FIRST_CELL = 1;
const { starts: HISTOGRAM_STARTS, end: WORDS } = placeHistograms();

/** Where each histogram begins, one behind the other. */
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
 * The counters of one reactor in shared memory. The owner allocates it, so that its pages lie on
 * the owner's node.
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
   * Looks at a block of another thread. @throws HIOLOAD_STATE where the buffer is no block of this
   * build
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

  /** Every word past the mark, copied: what `MetricsTotals` adds up. */
  snapshot(): Float64Array {
    return this.#words.slice(FIRST_CELL);
  }
}

/** A histogram as a scrape reads it. */
export interface HistogramReading {
  /** Observations in each bucket alone, in the order of its bounds, the unbounded one last. */
  readonly buckets: readonly number[];
  /** Sum of all values. */
  readonly sum: number;
}

/** Sums of blocks: a reactor that was replaced keeps counting where its predecessor ended. */
export class MetricsTotals {
  readonly #sums = new Float64Array(WORDS - FIRST_CELL);

  /** Adds all that a block holds now. */
  include(block: MetricsBlock): this {
    const words = block.snapshot();
    for (let i = 0; i < words.length; i++) this.#sums[i]! += words[i]!;
    return this;
  }

  /**
   * Adds what is final in the block of a reactor that has ended: its counters, but not its gauges.
   */
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

  /** Adds to a counter what nobody's block holds. */
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
