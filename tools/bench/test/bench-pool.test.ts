import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runModule } from './run-bench.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-pool-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(process.platform === 'linux')('bench pool', () => {
  it('refuses a series that it does not know', async () => {
    const run = runModule('src/main.ts', ['pool', '--series', 'leases']);
    expect(await run.ended).toBe(2);
    expect(run.output.err).toContain('leases');
    expect(run.output.err).toContain('lease');
  });

  it('measures a series and writes it down', { timeout: 120_000 }, async () => {
    const file = join(folder, 'pool.json');
    const run = runModule('src/main.ts', ['pool', '--series', 'lease', '--passes', '1', '--json', file]);
    expect(await run.ended, run.output.err).toBe(0);
    expect(JSON.stringify(JSON.parse(readFileSync(file, 'utf8')))).toContain('lease');
    expect(run.alive()).toEqual([]);
  });
});
