// End-to-end tests of a server that serves many connections.
import type { NumaPoolReport } from '@hioload/api';
import { leaveOutIf } from '@hioload/test-support/left-out';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ask, closeCode, open, openMany, openWhere } from './clients.js';
import { echoLoad } from './echo-load.js';
import { shareServer, startServer } from './start-server.js';

const lacksCpus = leaveOutIf(availableParallelism() < 2 || process.platform !== 'linux', {
  what: 'placement on several CPUs',
  reason: `${availableParallelism()} CPU on ${process.platform}`,
  command: 'npm test, on Linux with two CPUs',
});

interface Stats {
  readonly state: string;
  readonly reactors: readonly {
    readonly reactor: number;
    readonly cpus: readonly number[];
    readonly threadId: number;
    readonly state: string;
    readonly series: Readonly<Record<string, number>>;
  }[];
}

async function stats(adminUrl: string | null): Promise<Stats> {
  return (await (await fetch(`${adminUrl}/stats.json`)).json()) as Stats;
}

function allowedCpus(threadId: number): string {
  const status = readFileSync(`/proc/self/task/${threadId}/status`, 'utf8');
  return /^Cpus_allowed_list:\s*(.*)$/m.exec(status)![1]!;
}

const home = process.platform === 'linux' ? allowedCpus(process.pid) : '';

describe.skipIf(lacksCpus)('a server on every core', () => {
  const shared = shareServer(() => startServer('self-harm.ts', { pin: 'on' }));

  it('has one reactor per core, each on CPUs of its own, and stays at home itself', async () => {
    const { reactors } = await stats(shared().adminUrl);
    expect(reactors.length).toBeGreaterThan(1);
    const lists = reactors.map(({ threadId }) => allowedCpus(threadId));
    expect(lists).toEqual(reactors.map(({ cpus }) => cpus.join(',')));
    const all = reactors.flatMap(({ cpus }) => cpus);
    expect(new Set(all).size).toBe(all.length);
    expect(allowedCpus(process.pid)).toBe(home);
  });

  it('serves on every reactor through one port', async () => {
    const { url, adminUrl } = shared();
    const { reactors } = await stats(adminUrl);
    for (const { reactor } of reactors)
      await openWhere(url, 'who', (answer) => answer === String(reactor));
    const open = async (): Promise<unknown> =>
      (await stats(adminUrl)).reactors.map(({ series }) => series['ws_connections']);
    await expect.poll(open).toEqual(reactors.map(() => 1));
  });

  it('gives an application in TypeScript the classes of the framework, and no copies', async () => {
    expect(await ask(await open(shared().url), 'misuse')).toBe('the class of the framework');
  });

  it('places the shared memory of each reactor on the node of the reactor', async () => {
    const { adminUrl } = shared();
    const { policy, reactors } = (await (await fetch(`${adminUrl}/memory.json`)).json()) as {
      readonly policy: string | null;
      readonly reactors: readonly NumaPoolReport[];
    };
    expect(policy === null || policy === 'default').toBe(true);
    expect(reactors.length).toBeGreaterThan(1);
    for (const { home, memory } of reactors) {
      if (!memory.known) throw new Error(memory.reason);
      expect(memory.mappedBytes).toBeGreaterThanOrEqual(memory.bytes);
      // A kernel without NUMA names no nodes.
      if (policy !== null)
        expect(memory.bytesByNode[home.node]).toBeGreaterThanOrEqual(memory.bytes);
    }
  });
});

describe('a server', () => {
  it('logs its machine, its placement and its address with its path', async () => {
    const started = await startServer('with-path.ts', { reactors: 1 });
    const { lines, url, adminUrl, port } = started;
    const text = lines.map(({ message }) => message).join('\n');
    expect(text).toMatch(/^machine: .*CPU/m);
    expect(text).toMatch(/^plan: reactor 0 -> CPU \d/m);
    expect(text).toMatch(/^pinning: (on|off) \(.+\)$/m);
    expect(text).toMatch(/^transport: uws, the native library loads here: /m);
    expect(text).toMatch(/^reactor 0 ready$/m);
    const ready = lines.find(({ message }) => message === `ready: ${url}/greet`);
    expect(ready?.fields).toEqual({ url });
    expect(text).toContain(adminUrl!);
    expect(url).toBe(`ws://127.0.0.1:${port}`);
    expect(await ask(await open(`${url}/greet`), 'hello')).toBe('hello');
  });

  it('loses, alters and reorders no message on 200 connections in 4 s', async () => {
    const { url, adminUrl } = await startServer('echo.ts');
    const sockets = await openMany(url, 200);
    const until = performance.now() + 4_000;
    const outcomes = await Promise.all(
      sockets.map((socket, name) => echoLoad(socket, name, 4, () => performance.now() < until)),
    );
    expect(outcomes.flatMap(({ fault }) => fault ?? [])).toEqual([]);
    const echoed = outcomes.reduce((sum, outcome) => sum + outcome.echoed, 0);
    expect(echoed).toBe(outcomes.reduce((sum, { sent }) => sum + sent, 0));
    expect(Math.min(...outcomes.map((outcome) => outcome.echoed))).toBeGreaterThan(0);
    const { reactors } = await stats(adminUrl);
    const counted = (name: string): number =>
      reactors.reduce((sum, { series }) => sum + (series[name] ?? Number.NaN), 0);
    expect(counted('ws_messages_total{direction="in"}')).toBe(echoed);
    expect(counted('ws_messages_total{direction="out"}')).toBe(echoed);
    expect(counted('ws_connections')).toBe(200);
  });
});

describe('a server with limits of the operator', () => {
  const limits = { maxConnections: 20, maxPayloadBytes: 10 };
  const shared = shareServer(() => startServer('echo.ts', { limits }));

  it('keeps them over those of the application', async () => {
    const socket = await open(shared().url);
    expect(await ask(socket, '0123456789')).toBe('0123456789');
    const closed = closeCode(socket);
    socket.send('0123456789a');
    expect([1006, 1009]).toContain(await closed);
  });

  it('holds the limit on connections over all reactors', async () => {
    const { url } = shared();
    const attempts = await Promise.allSettled(Array.from({ length: 40 }, () => open(url)));
    const refused = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(20);
    for (const { reason } of refused) expect(String(reason)).toContain('503');
    for (const attempt of attempts) if (attempt.status === 'fulfilled') attempt.value.terminate();
    // The places come back as the server sees the connections end.
    await expect.poll(() => open(url).then((socket) => ask(socket, 'again'))).toBe('again');
  });
});
