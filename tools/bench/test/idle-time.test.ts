// Tests of the idle time of CPUs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readIdleNs } from '../src/core/idle-time.js';

describe('readIdleNs', () => {
  it('adds up the idle time of the given CPUs, with waits for a disk', () => {
    const root = mkdtempSync(join(tmpdir(), 'bench-proc-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const line = (name: string, idle: number, iowait: number): string =>
      `${name} 1 2 3 ${idle} ${iowait} 0 7 8 0 0\n`;
    const text =
      line('cpu', 1600, 22) + line('cpu1', 100, 1) + line('cpu10', 500, 7) + line('cpu2', 1000, 14);
    writeFileSync(join(root, 'stat'), `${text}intr 9 9 9\n`);
    expect(readIdleNs([1], root)).toBe(1_010_000_000);
    expect(readIdleNs([2, 10], root)).toBe(15_210_000_000);
    expect(() => readIdleNs([1, 3], root)).toThrow('does not tell of CPU 3');
  });

  it('knows the CPUs of this machine', { skip: process.platform !== 'linux' }, () => {
    expect(readIdleNs([0])).toBeGreaterThan(0);
  });
});
