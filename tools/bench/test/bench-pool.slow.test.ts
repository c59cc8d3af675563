// Tests that run `bench pool` as a whole, with small settings.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runModule } from './run-bench.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-pool-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(leaveOutUnlessLinux('the benchmarks'))('bench pool', () => {
  it('refuses a series that it does not know', async () => {
    const run = runModule('src/main.ts', ['pool', '--series', 'leases']);
    expect(await run.ended).toBe(2);
    expect(run.output.err).toContain('leases');
    expect(run.output.err).toContain('lease');
  });

  // The test runs the built bench, as a person does, so its threads start as plain JavaScript.
  it('measures a series and writes its result', { timeout: 120_000 }, () => {
    const file = join(folder, 'pool.json');
    const command = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const args = [command, 'pool', '--series', 'lease', '--passes', '1', '--json', file];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' });
    expect(printed).toMatch(/^owner +\d/m);
    expect(printed).toMatch(/^guest +\d/m);
    expect(readFileSync(file, 'utf8')).toContain('"lease"');
  });
});
