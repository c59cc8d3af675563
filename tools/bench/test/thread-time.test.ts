// Tests of the CPU time of threads.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadBetween, readThreadTimes } from '../src/core/thread-time.js';

function procWith(threads: Record<number, Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'bench-proc-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [thread, files] of Object.entries(threads)) {
    const folder = join(root, '42/task', thread);
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  }
  return root;
}

describe('readThreadTimes', () => {
  it('reads scheduler statistics, or ticks if there are none', () => {
    // The name of a thread may hold a parenthesis and blanks.
    const stat = '44 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 100';
    const root = procWith({ 42: { schedstat: '5000 700 9\n', stat }, 44: { stat }, 45: {} });
    expect([...readThreadTimes([42], root)].sort(([a], [b]) => a - b)).toEqual([
      [42, { ranNs: 5000, waitedNs: 700 }],
      [44, { ranNs: 3_000_000_000, waitedNs: 0 }],
    ]);
  });

  it('knows the threads of this very process', { skip: process.platform !== 'linux' }, () => {
    expect(readThreadTimes([process.pid]).get(process.pid)!.ranNs).toBeGreaterThan(0);
  });

  it('throws for a process that has ended', () => {
    expect(() => readThreadTimes([43], procWith({ 1: {} }))).toThrow(/ENOENT/);
  });
});

describe('loadBetween', () => {
  it('adds up all threads, and takes the waiting time of the busiest', () => {
    const before = new Map([
      [1, { ranNs: 100, waitedNs: 50 }],
      [2, { ranNs: 10, waitedNs: 0 }],
    ]);
    const after = new Map([
      [1, { ranNs: 190, waitedNs: 60 }],
      [2, { ranNs: 20, waitedNs: 90 }],
      [3, { ranNs: 5, waitedNs: 0 }],
    ]);
    expect(loadBetween(before, after, 100)).toEqual({
      cpuNs: 105,
      busiestShare: 0.9,
      waitedShare: 0.1,
    });
  });
});
