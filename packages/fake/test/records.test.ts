// Tests of the fakes that record: logger, metrics, affinity and others.
import { AdmissionVerdict, Histogram, Metric, METRIC_SERIES } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { FakeAdmission, FakeAffinity, FakeLogger, FakeMetrics, FakeNetwork } from '../src/index.js';

const coded = (code: string): unknown => expect.objectContaining({ name: 'HioloadError', code });

describe('FakeLogger', () => {
  it('keeps lines with level and fields, also through destructured methods', () => {
    const log = new FakeLogger();
    const { warn } = log;
    warn('no huge pages', { wanted: 'always' });
    log.info('ready');
    expect(log.messages()).toEqual(['no huge pages', 'ready']);
    expect(log.messages('warn')).toEqual(['no huge pages']);
    expect(log.lines[0]).toEqual({
      level: 'warn',
      message: 'no huge pages',
      fields: { wanted: 'always' },
    });
  });

  it('keeps fields as they were when they were logged', () => {
    const log = new FakeLogger();
    const fields = { count: 1 };
    log.debug('counted', fields);
    fields.count = 2;
    expect(log.lines[0]?.fields).toEqual({ count: 1 });
  });
});

describe('FakeMetrics', () => {
  it('adds up, and names each cell above zero as a scrape does', () => {
    const metrics = new FakeMetrics();
    metrics.add(Metric.MessagesIn, 3);
    metrics.add(Metric.Connections, 2);
    metrics.add(Metric.Connections, -2);
    metrics.observe(Histogram.LoopDelay, 0.002);
    expect(metrics.read(Metric.MessagesIn)).toBe(3);
    expect(metrics.nonZero()).toEqual({ 'ws_messages_total{direction="in"}': 3 });
    expect(metrics.observed[Histogram.LoopDelay]).toEqual([0.002]);
  });

  it('refuses values that the contract forbids', () => {
    const metrics = new FakeMetrics();
    expect(() => metrics.add(Metric.MessagesIn, -1)).toThrow(coded('HIOLOAD_OPTION_INVALID'));
    expect(() => metrics.add(Metric.MessagesIn, 0.5)).toThrow(coded('HIOLOAD_OPTION_INVALID'));
    expect(() => metrics.add(METRIC_SERIES.length, 1)).toThrow(coded('HIOLOAD_OPTION_INVALID'));
    expect(() => metrics.read(-1)).toThrow(coded('HIOLOAD_OPTION_INVALID'));
  });
});

describe('FakeAdmission', () => {
  it('books each admitted connection by address until its release', () => {
    const admission = new FakeAdmission();
    admission.admit('10.0.0.1');
    admission.admit('10.0.0.1');
    admission.admit('10.0.0.2');
    admission.release('10.0.0.1');
    expect([
      admission.booked,
      admission.bookedBy('10.0.0.1'),
      admission.bookedBy('10.0.0.2'),
    ]).toEqual([2, 1, 1]);
  });

  it('gives the verdict that the test sets, and books nothing then', () => {
    const admission = new FakeAdmission();
    admission.verdict = AdmissionVerdict.Full;
    expect(admission.admit('10.0.0.1')).toBe(AdmissionVerdict.Full);
    expect(admission.booked).toBe(0);
    expect(admission.asked).toEqual([{ remoteAddress: '10.0.0.1', verdict: 'full' }]);
  });

  it('throws if a connection is released twice', () => {
    const admission = new FakeAdmission();
    admission.admit('10.0.0.1');
    admission.release('10.0.0.1');
    expect(() => admission.release('10.0.0.1')).toThrow(coded('HIOLOAD_STATE'));
  });
});

describe('FakeAffinity', () => {
  it('records pins, and reads them back', () => {
    const affinity = new FakeAffinity([0, 1, 2, 3]);
    affinity.pin(7, [3, 1]);
    expect(affinity.pins).toEqual([{ threadId: 7, cpus: [3, 1] }]);
    expect(affinity.read(7)).toEqual([1, 3]);
    expect(affinity.read(8)).toEqual([0, 1, 2, 3]);
  });

  it('fails on request, if it is not available, and for missing CPUs', () => {
    const affinity = new FakeAffinity([0, 1]);
    for (const cpus of [[2], [0, 2], []]) {
      expect(() => affinity.pin(1, cpus)).toThrow(coded('HIOLOAD_AFFINITY_FAILED'));
    }
    affinity.failWith = 'taskset ended with 1';
    expect(() => affinity.pin(1, [0])).toThrow('thread 1 to CPUs 0: taskset ended with 1');
    affinity.failWith = undefined;
    affinity.available = { ok: false, reason: 'not on this platform' };
    expect(() => affinity.pin(1, [0])).toThrow('not on this platform');
    expect(affinity.pins).toEqual([]);
  });

  it('can accept pins that have no effect', () => {
    const affinity = new FakeAffinity([0, 1]);
    affinity.ignoresPins = true;
    affinity.pin(1, [0]);
    expect(affinity.read(1)).toEqual([0, 1]);
  });
});

describe('FakeNetwork', () => {
  const at = (port: number, shared = false) => ({ host: '127.0.0.1', port, shared });

  it('gives out free ports and takes them back', () => {
    const network = new FakeNetwork();
    const first = network.claim(at(0));
    expect(network.claim(at(0))).not.toBe(first);
    expect(() => network.claim(at(first))).toThrow(coded('HIOLOAD_PORT_IN_USE'));
    network.release(first);
    expect(network.claim(at(first))).toBe(first);
  });

  it('shares a port only if all its listeners want to share it', () => {
    const network = new FakeNetwork();
    network.claim(at(9001, true));
    expect(() => network.claim(at(9001))).toThrow(coded('HIOLOAD_PORT_IN_USE'));
    network.claim(at(9001, true));
    network.release(9001);
    expect(() => network.claim(at(9001))).toThrow(coded('HIOLOAD_PORT_IN_USE'));
    network.release(9001);
    expect(network.claim(at(9001))).toBe(9001);
  });

  it.each([-1, 65_536, 1.5])('refuses port %s', (port) => {
    expect(() => new FakeNetwork().claim(at(port))).toThrow(coded('HIOLOAD_OPTION_INVALID'));
  });
});
