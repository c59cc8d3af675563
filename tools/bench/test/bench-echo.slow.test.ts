// Tests that run `bench echo` as a whole, with small settings.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectTopology } from '@hioload/reactor';
import { loadUws } from '@hioload/transport/uws';
import { leaveOutIf, leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { eventually } from '@hioload/test-support/waiting';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadSeries } from '../src/load/arm-results.js';
import { runModule } from './run-bench.js';

/** Each test starts a dozen processes from source, which takes long on a busy machine. */
const SLOW = { timeout: 120_000 };
/** How long a test waits for processes to start or to end. */
const PATIENCE_MS = 60_000;

const isElsewhere = leaveOutUnlessLinux('the benchmarks');
const lacksUws = leaveOutIf(!(await loadUws()).ok, {
  what: 'benchmarks beside uWebSockets.js',
  reason: `it has no binary for Node ${process.versions.node}`,
  command: 'npm run test:all, on a Node that it has a binary for',
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-echo-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const echo = (...args: readonly string[]) => runModule('src/main.ts', ['echo', ...args]);

// The shortest run of all parts: our transport, the baseline twice, and one short pass each; other
// programs may use the CPUs.
const SHORT = [
  '--subject',
  'hioload-transport',
  '--rivals',
  'uws',
  '--connections',
  '10',
  '--min-busy',
  '0',
];

describe.skipIf(isElsewhere || lacksUws)('bench echo', () => {
  it('measures, prints, and writes JSON and a picture', SLOW, async () => {
    const file = join(folder, 'new/echo.json');
    const timing = [
      '--passes',
      '1',
      '--seconds',
      '0.5',
      '--warmup',
      '0.1',
      '--in-flight',
      '4',
      '--bytes',
      '16,1024',
    ];
    const run = echo(...SHORT, ...timing, '--json', file);
    expect(await run.ended, run.output.err).toBe(0);
    expect(run.output.out).toMatch(/^machine .*, governor .*\nruntime {3}Node [\d.]+, V8 /);
    expect(run.output.out).toMatch(/^hioload-transport +[\d,]+ +[\d,]+ \.\. [\d,]+ +\d+\.\d{3} /m);
    expect(run.output.out).toMatch(/^noise: uws against itself \d+\.\d{3}/m);
    expect(run.output.out).toContain(`written   ${file}`);

    const { machine, series } = JSON.parse(readFileSync(file, 'utf8')) as {
      machine: Record<string, unknown>;
      series: LoadSeries[];
    };
    expect(machine).toMatchObject({ node: process.versions.node, v8: process.versions.v8 });
    expect(series.map(({ title }) => title)).toEqual([
      '16 bytes, 4 in flight on each connection',
      '1024 bytes, 4 in flight on each connection',
    ]);
    for (const { title } of series) expect(run.output.out).toContain(`\n${title}\nserver `);
    for (const { arms, passes } of series) {
      expect(arms.map(({ arm }) => arm)).toEqual(['hioload-transport', 'uws', 'uws again']);
      // On a busy machine a pass may get nothing back. It is void then, and is repeated.
      const counted = passes.filter(({ voidReason }) => voidReason === null);
      expect(counted).toHaveLength(3);
      for (const { numbers } of counted) {
        expect(numbers.messagesPerSecond).toBeGreaterThan(0);
        expect(numbers.serverNsPerMessage).toBeGreaterThan(0);
        expect(numbers.serverBusy).toBeGreaterThan(0);
      }
    }
    const picture = readFileSync(join(folder, 'new/echo.svg'), 'utf8');
    expect(picture).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(picture.match(/>hioload-transport</g)).toHaveLength(2);
    expect(run.alive()).toEqual([]);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'leaves nothing running after %s',
    SLOW,
    async (signal) => {
      const run = echo(...SHORT, '--seconds', '60', '--json', join(folder, 'never.json'));
      await eventually(
        'the command, a server and a load process run',
        () => run.alive().length >= 3,
        PATIENCE_MS,
      );
      run.process.kill(signal);
      await run.ended;
      await eventually('all processes have ended', () => run.alive().length === 0, PATIENCE_MS);
    },
  );
});

describe.skipIf(isElsewhere)('a pass of a server that alters an octet', () => {
  it('fails and names the octet', SLOW, async () => {
    const { allowedCpus } = await detectTopology();
    const run = runModule('test/fixtures/measure-altering.ts', [String(allowedCpus[0])]);
    expect(await run.ended).toBe(0);
    expect(run.output.out).toMatch(
      /^failed: altering: .*connection \d: octet 20 of the frame of message \d+ is /,
    );
    expect(run.alive()).toEqual([]);
  });
});

describe.skipIf(isElsewhere)('bad input', () => {
  it('ends with one line and exit code 2', SLOW, async () => {
    const run = echo('--server-cpu', '65000');
    expect(await run.ended).toBe(2);
    expect(run.output.err).toMatch(
      /^error: option '--server-cpu <cpu>' argument '65000' is invalid\. Allowed: [^\n]+\n$/,
    );
    expect(run.output.out).toBe('');
  });
});
