// Tests of the log lines about lost messages.
import { Metric } from '@hioload/api';
import { FakeClock, FakeLogger, FakeMetrics } from '@hioload/fake';
import { beforeEach, expect, it } from 'vitest';
import { LossWatch } from '../../src/supervisor/loss-watch.js';

let clock: FakeClock;
let log: FakeLogger;
let metrics: FakeMetrics;
let watch: LossWatch;
beforeEach(() => {
  clock = new FakeClock();
  log = new FakeLogger();
  metrics = new FakeMetrics();
  watch = new LossWatch(clock, log, () => metrics);
  watch.start();
});

it('logs losses within seconds, by reason', () => {
  metrics.add(Metric.DroppedLaneFull, 12);
  metrics.add(Metric.DroppedTooLong, 3);
  metrics.add(Metric.MessagesOut, 99);
  clock.advance(5_000);
  expect(log.lines).toEqual([
    {
      level: 'warn',
      message: 'messages were lost: 12 lane_full, 3 too_long (ws_messages_dropped_total)',
      fields: { lane_full: 12, too_long: 3 },
    },
  ]);
});

it('is silent while nothing is lost', () => {
  clock.advance(60_000);
  expect(log.lines).toEqual([]);
  metrics.add(Metric.DroppedBufferFull, 1);
  clock.advance(600_000);
  expect(log.lines).toHaveLength(1);
});

it('logs at most twice a minute while losses go on, and leaves none out', () => {
  for (let second = 0; second < 600; second++) {
    metrics.add(Metric.DroppedSlabFull, 1);
    clock.advance(1_000);
  }
  watch.stop();
  expect(log.lines.length).toBeGreaterThan(15);
  expect(log.lines.length).toBeLessThanOrEqual(21);
  expect(log.lines.reduce((sum, { fields }) => sum + (fields['slab_full'] as number), 0)).toBe(600);
});

it('logs the rest when it stops, and leaves no timer', () => {
  metrics.add(Metric.DroppedReactorEnded, 2);
  watch.stop();
  expect(log.messages('warn')).toEqual([
    'messages were lost: 2 reactor_ended (ws_messages_dropped_total)',
  ]);
  expect(clock.pending).toBe(0);
});

it('logs the losses of a full memory budget', () => {
  metrics.add(Metric.ConnectionsShed, 32);
  metrics.add(Metric.MemoryRefused, 1);
  clock.advance(5_000);
  expect(log.lines).toEqual([
    {
      level: 'warn',
      message:
        'memory was short: 32 connections closed, 1 requests refused; the limits are ' +
        'maxHeldBytes and maxHeldBytesPerAddress (ws_connections_shed_total, ' +
        'ws_memory_refused_total)',
      fields: { 'connections closed': 32, 'requests refused': 1 },
    },
  ]);
});

it('logs the connections for which compression has no memory', () => {
  metrics.add(Metric.TakeoversDeclined, 7);
  clock.advance(5_000);
  expect(log.messages('warn')).toEqual([
    'compression had too little memory: 7 handshakes without context takeover; the limit is ' +
      'maxContextBytes (ws_compression_takeovers_declined_total, ' +
      'ws_compression_contexts_lost_total)',
  ]);
});
