// Tests that run `bench idle` as a whole, with small settings.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadUws } from '@hioload/transport/uws';
import { leaveOutIf, leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdleNumbers } from '../src/idle/idle-pass.js';
import { runModule } from './run-bench.js';

/** Each test starts a dozen processes, which takes long on a busy machine. */
const SLOW = { timeout: 120_000 };

const isElsewhere = leaveOutUnlessLinux('the benchmarks');
const lacksUws = leaveOutIf(!(await loadUws()).ok, {
  what: 'benchmarks beside uWebSockets.js',
  reason: `it has no binary for Node ${process.versions.node}`,
  command: 'npm run test:all, on a Node that it has a binary for',
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-idle-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const idle = (...args: readonly string[]) => runModule('dist/main.js', ['idle', ...args]);

describe.skipIf(isElsewhere || lacksUws)('bench idle', () => {
  it('measures memory and CPU, and writes JSON and a picture', SLOW, async () => {
    const file = join(folder, 'idle.json');
    const few = ['--from', '5', '--to', '120', '--passes', '1', '--seconds', '0.1'];
    const run = idle('--rivals', 'ws', ...few, '--json', file);
    expect(await run.ended, run.output.err).toBe(0);
    expect(run.output.out).toMatch(
      /^hioload-transport +-?\d+\.\d\d .* 1\.20 +\d+ MiB +\d+\.\d\d % /m,
    );

    const { passes } = JSON.parse(readFileSync(file, 'utf8')) as {
      passes: { arm: string; numbers: IdleNumbers }[];
    };
    expect(new Set(passes.map(({ arm }) => arm))).toEqual(
      new Set(['hioload-transport', 'net', 'uws', 'uws again', 'ws']),
    );
    for (const { numbers } of passes) expect(numbers.bytesInAll).toBeGreaterThan(2 ** 20);
    expect(readFileSync(join(folder, 'idle.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(run.alive()).toEqual([]);
  });
});

describe.skipIf(isElsewhere)('bad input', () => {
  it.each([
    [
      ['--from', '10', '--to', '10'],
      "option '--to <n>' is 10. Allowed: more than --from, which is 10.",
    ],
    [
      ['--to', '1000000'],
      /'--to <n>' is 1000000. Allowed: up to \d+, (for the limit on open files|the ports of)/,
    ],
  ])('ends with one line and exit code 2: %j', SLOW, async (args, said) => {
    const run = idle(...args);
    expect(await run.ended).toBe(2);
    expect(run.output.err).toMatch(said);
    expect(run.output.out).toBe('');
  });
});
