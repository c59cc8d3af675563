// Tests of the shared block of counters and histograms.
import { closedMetric, Histogram, HISTOGRAMS, Metric, METRIC_SERIES } from '@hioload/api';
import { MetricsBlock, MetricsTotals } from '@hioload/pool';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

describe('MetricsBlock', () => {
  it('starts at zero and adds to the named cell alone', () => {
    const block = MetricsBlock.allocate();
    block.add(Metric.MessagesIn, 3);
    block.add(Metric.MessagesIn, 4);
    block.add(Metric.Connections, -1);
    const cells = METRIC_SERIES.map((_, cell) => block.read(cell));
    expect(cells.filter((value) => value !== 0)).toHaveLength(2);
    expect(block.read(Metric.MessagesIn)).toBe(7);
    expect(block.read(Metric.Connections)).toBe(-1);
  });

  it('counts past 2^32 exactly', () => {
    const block = MetricsBlock.allocate();
    block.add(Metric.MessageBytesIn, 2 ** 52);
    block.add(Metric.MessageBytesIn, 1);
    expect(block.read(Metric.MessageBytesIn)).toBe(2 ** 52 + 1);
  });

  it('shows the values of the owner to another thread', () => {
    const owner = MetricsBlock.allocate();
    const reader = MetricsBlock.attach(owner.buffer);
    owner.add(closedMetric(1001), 5);
    expect(reader.read(closedMetric(1001))).toBe(5);
  });

  it.each([
    new SharedArrayBuffer(0),
    new SharedArrayBuffer(64),
    new SharedArrayBuffer(MetricsBlock.allocate().buffer.byteLength),
  ])('refuses a buffer that is no block (%#)', (buffer) => {
    expect(() => MetricsBlock.attach(buffer)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_STATE' }),
    );
  });

  it('sorts loop delays into buckets whose upper bounds belong to them', () => {
    const block = MetricsBlock.allocate();
    const [first, second] = HISTOGRAMS[Histogram.LoopDelay]!.bounds;
    for (const seconds of [0, first, second, 1_000]) block.observe(Histogram.LoopDelay, seconds!);
    const { buckets, sum } = new MetricsTotals().include(block).histogram(Histogram.LoopDelay);
    expect(buckets.slice(0, 2)).toEqual([2, 1]);
    expect(buckets.at(-1)).toBe(1);
    expect(buckets.reduce((all, count) => all + count)).toBe(4);
    expect(sum).toBeCloseTo(first! + second! + 1_000);
  });

  // The layout relies on this, although the language would allow a reader to see half of a store.
  it('never shows half of a cell that another thread is writing', async () => {
    const block = MetricsBlock.allocate();
    const [low, high] = [2 ** 32 - 1, 2 ** 52];
    const writer = new Worker(
      `const { workerData: [buffer, cell, low, high], parentPort } = require('node:worker_threads');
       const cells = new Float64Array(buffer);
       parentPort.postMessage('writing');
       for (let i = 0; i < 30_000_000; i++) cells[cell] = i & 1 ? low : high;`,
      { eval: true, workerData: [block.buffer, 1 + Metric.MessagesIn, low, high] },
    );
    await once(writer, 'message');
    const seen = new Set<number>();
    const ended = once(writer, 'exit');
    let running = true;
    void ended.then(() => (running = false));
    while (running) {
      for (let i = 0; i < 100_000; i++) seen.add(block.read(Metric.MessagesIn));
      await new Promise(setImmediate);
    }
    seen.delete(0);
    expect([...seen].toSorted((a, b) => a - b)).toEqual([low, high]);
  });
});

describe('MetricsTotals', () => {
  it('keeps the counters of an ended reactor and forgets its gauges', () => {
    const ended = MetricsBlock.allocate();
    ended.add(Metric.MessagesIn, 10);
    ended.add(Metric.Connections, 4);
    ended.observe(Histogram.LoopDelay, 0.2);
    const live = MetricsBlock.allocate();
    live.add(Metric.MessagesIn, 1);
    live.add(Metric.Connections, 2);

    const totals = new MetricsTotals().plus(new MetricsTotals().includeEnded(ended)).include(live);

    expect(totals.read(Metric.MessagesIn)).toBe(11);
    expect(totals.read(Metric.Connections)).toBe(2);
    expect(totals.histogram(Histogram.LoopDelay).sum).toBeCloseTo(0.2);
  });
});
