// Tests that run `bench bus` as a whole, with small settings.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectTopology } from '@hioload/reactor';
import { loadUws } from '@hioload/transport/uws';
import { leaveOutIf, leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrossArmResult } from '../src/bus/cross/cross-text.js';
import type { IdleServerResult } from '../src/bus/idle-server.js';
import type { LoadSeries } from '../src/load/arm-results.js';
import type { LoadNumbers } from '../src/load/load-numbers.js';
import { runModule } from './run-bench.js';

/** Each test starts a dozen servers, which takes long on a busy machine. */
const SLOW = { timeout: 180_000 };

const isElsewhere = leaveOutUnlessLinux('the benchmarks');
const lacksUws = leaveOutIf(!(await loadUws()).ok, {
  what: 'benchmarks beside uWebSockets.js',
  reason: `it has no binary for Node ${process.versions.node}`,
  command: 'npm run test:all, on a Node that it has a binary for',
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-bus-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const bus = (...args: readonly string[]) => runModule('dist/main.js', ['bus', ...args]);

// The shortest run of all parts; other programs may use the CPUs.
const SHORT = [
  '--subscribers',
  '20',
  '--passes',
  '1',
  '--seconds',
  '0.5',
  '--warmup',
  '0.1',
  '--max-others',
  '100',
];

describe.skipIf(isElsewhere || lacksUws)('bench bus', () => {
  it(
    'measures the fan-out of all that run in Node, and writes JSON and a picture',
    SLOW,
    async () => {
      const file = join(folder, 'bus.json');
      const { allowedCpus } = await detectTopology();
      const subjects = [
        ...(allowedCpus.length > 1 ? ['hioload-2'] : []),
        'hioload-1',
        'hioload-net-1',
      ];
      const arms = ['--subject', subjects.join(','), '--rivals', 'ws,ws-cluster,socket.io'];
      const run = bus('--series', 'fan-out', ...arms, ...SHORT, '--json', file);
      expect(await run.ended, run.output.err).toBe(0);
      expect(run.output.out).toMatch(/^socket\.io +[\d,]+ +[\d,]+ \.\. [\d,]+ +\d+\.\d{3} /m);
      expect(run.output.out).toMatch(/^hioload-\d to ws: \d+\.\d{3}, goal 5$/m);

      const { fanOut } = JSON.parse(readFileSync(file, 'utf8')) as { fanOut: LoadSeries };
      expect(fanOut.arms.map(({ arm }) => arm)).toEqual([
        ...subjects,
        'uws',
        'uws again',
        'ws',
        'ws-cluster',
        'socket.io',
      ]);
      // On a busy machine a pass may deliver nothing. It is void then, and is repeated.
      for (const { validPasses, messagesPerSecond } of fanOut.arms) {
        expect(validPasses).toBe(1);
        expect(messagesPerSecond!.median).toBeGreaterThan(0);
      }
      expect(readFileSync(join(folder, 'bus.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
      expect(run.alive()).toEqual([]);
    },
  );

  it('watches an idle server with more reactors than there may be CPUs', SLOW, async () => {
    const file = join(folder, 'idle.json');
    const run = bus(
      '--series',
      'idle-server',
      '--idle-settle',
      '0',
      '--idle-seconds',
      '1',
      '--json',
      file,
    );
    expect(await run.ended, run.output.err).toBe(0);
    expect(run.output.out).toMatch(
      /^idle server with 4 reactors: \d+\.\d\d % of a core, .*; goal 0\.5 %$/m,
    );
    const { idleServer } = JSON.parse(readFileSync(file, 'utf8')) as {
      idleServer: IdleServerResult;
    };
    expect(idleServer).toMatchObject({ reactors: 4, cores: { count: 4 } });
    expect(idleServer.cores.max).toBeGreaterThan(0);
    expect(run.alive()).toEqual([]);
  });
});

describe.skipIf(isElsewhere || lacksUws)('bench bus without sockets', () => {
  it('measures rate and latency from one reactor to another', SLOW, async () => {
    const file = join(folder, 'cross.json');
    const run = bus('--series', 'cross', '--messages', '4000', '--passes', '1', '--json', file);
    expect(await run.ended, run.output.err).toBe(0);
    expect(run.output.out).toMatch(/^bus +[\d,.]+ .* 1\.000 /m);
    expect(run.output.out).toMatch(/^goal: 120 us$/m);
    const { cross } = JSON.parse(readFileSync(file, 'utf8')) as {
      cross: Record<string, CrossArmResult[]>;
    };
    expect(Object.keys(cross)).toEqual([
      'park throughput',
      'spin throughput',
      'spin latency',
      'park latency',
    ]);
    for (const arms of Object.values(cross)) {
      expect(arms.map(({ channel }) => channel)).toEqual(['bus', 'BroadcastChannel']);
      for (const { value } of arms) expect(value.median).toBeGreaterThan(0);
    }
    expect(run.alive()).toEqual([]);
  });
});

describe.skipIf(isElsewhere || lacksUws)('a row of the scaling table', () => {
  it('has rooms that do not hear each other', SLOW, async () => {
    const { allowedCpus } = await detectTopology();
    const run = runModule('test/fixtures/measure-scaling-row.ts', [String(allowedCpus[0])]);
    expect(await run.ended, run.output.err).toBe(0);
    expect((JSON.parse(run.output.out) as LoadNumbers).messagesPerSecond).toBeGreaterThan(0);
    expect(run.alive()).toEqual([]);
  });
});

describe.skipIf(isElsewhere)('bad input', () => {
  it('ends with one line and exit code 2', SLOW, async () => {
    const run = bus('--series', 'fan-in');
    expect(await run.ended).toBe(2);
    expect(run.output.err).toMatch(
      /^error: option '--series <list>' argument 'fan-in' is invalid\. Allowed: [^\n]+\n$/,
    );
    expect(run.output.out).toBe('');
  });
});
