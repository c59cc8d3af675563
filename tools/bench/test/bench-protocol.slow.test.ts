// Tests that run `bench protocol` as a whole, with small settings.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARMS } from '../src/protocol/arms.js';
import type { WorkloadResult } from '../src/protocol/run-protocol.js';
import { WORKLOADS } from '../src/protocol/workload.js';
import { runModule } from './run-bench.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-protocol-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(leaveOutUnlessLinux('the benchmarks'))('bench protocol', () => {
  it(
    'measures each codec in each workload, and writes JSON and a picture',
    { timeout: 120_000 },
    async () => {
      const file = join(folder, 'protocol.json');
      // The shortest run of all parts: one turn of each workload, in which every message is
      // counted.
      const run = runModule('src/main.ts', [
        'protocol',
        '--passes',
        '1',
        '--milliseconds',
        '1',
        '--json',
        file,
      ]);
      expect(await run.ended, run.output.err).toBe(0);
      expect(run.output.out).toMatch(/^read masked frames, 64 B +hioload +\d+\.\d /m);
      expect(run.output.out).toMatch(/^ws\+bufferutil +-?\d+\.\d KiB/m);

      const { results } = JSON.parse(readFileSync(file, 'utf8')) as { results: WorkloadResult[] };
      expect(results.map(({ workload }) => workload)).toEqual(Object.keys(WORKLOADS));
      for (const { arms } of results) {
        expect(arms.map(({ arm }) => arm)).toEqual([...ARMS]);
        for (const { nanoseconds } of arms) expect(nanoseconds.median).toBeGreaterThan(0);
      }
      expect(readFileSync(join(folder, 'protocol.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
      expect(run.alive()).toEqual([]);
    },
  );

  it('refuses impossible options', async () => {
    const run = runModule('src/main.ts', ['protocol', '--passes', '0']);
    expect(await run.ended).toBe(2);
    expect(run.output.err).toContain('1..1000');
  });
});
