// Tests of the return of memory after a busy time.
import { Metric } from '@hioload/api';
import { FakeMetrics } from '@hioload/fake';
import { beforeEach, expect, it } from 'vitest';
import { MemoryReturn, ownMemory } from '../../src/worker/memory-return.js';

const MIB = 1_048_576;

let metrics: FakeMetrics;
let outside: number;
let inUse: number;
let heap: number;
let calls: string[];
let memory: MemoryReturn;
beforeEach(() => {
  metrics = new FakeMetrics();
  outside = inUse = 10 * MIB;
  heap = 20 * MIB;
  calls = [];
  memory = new MemoryReturn(metrics, {
    outsideBytes: () => outside,
    heapBytes: () => heap,
    trim: () => void calls.push('trim'),
    collect() {
      calls.push('collect');
      outside = inUse;
    },
  });
  memory.look();
});

function lookOften(times = 30): void {
  for (let i = 0; i < times; i++) memory.look();
}

it('gives memory back once the reactor is quiet, and counts it', () => {
  outside = 510 * MIB;
  lookOften();
  expect(calls).toEqual(['trim', 'collect']);
  expect(metrics.read(Metric.MemoryReturned)).toBe(500 * MIB);
});

it('waits while the memory grows', () => {
  for (let i = 0; i < 100; i++) {
    outside += 5 * MIB;
    memory.look();
  }
  expect(calls).toEqual([]);
});

it('does nothing for a little memory, or for memory that connections hold', () => {
  outside = 60 * MIB;
  lookOften();
  outside = 510 * MIB;
  metrics.add(Metric.HeldBytes, 500 * MIB);
  lookOften();
  expect(calls).toEqual([]);
});

it('gives back what connections held at the last collection, once they have gone', () => {
  metrics.add(Metric.HeldBytes, 300 * MIB);
  inUse = 310 * MIB;
  outside = 510 * MIB;
  lookOften();
  expect(metrics.read(Metric.MemoryReturned)).toBe(200 * MIB);
  metrics.add(Metric.HeldBytes, -300 * MIB);
  inUse = 10 * MIB;
  lookOften();
  expect(metrics.read(Metric.MemoryReturned)).toBe(500 * MIB);
});

it('does not try again for memory that is in use', () => {
  outside = inUse = 510 * MIB;
  lookOften(1_000);
  expect(calls).toEqual(['trim', 'collect']);
  outside = 600 * MIB;
  lookOften();
  expect(calls).toHaveLength(4);
});

it('asks for more where the heap is large', () => {
  heap = 1_024 * MIB;
  outside = 210 * MIB;
  lookOften();
  expect(calls).toEqual([]);
});

it('collects the buffers of its own thread', () => {
  const own = ownMemory();
  own.collect();
  const before = own.outsideBytes();
  for (let i = 0; i < 20; i++) new Uint8Array(MIB).fill(1);
  own.collect();
  expect(own.outsideBytes() - before).toBeLessThan(2 * MIB);
  expect('gc' in globalThis).toBe(false);
});
