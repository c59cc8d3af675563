// End-to-end tests of a server that serves many connections.
import type { NumaPoolReport } from '@hioload/api';
import { leaveOutIf } from '@hioload/test-support/left-out';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ask, closeCode, open, openMany, openWhere } from './clients.js';
import { echoLoad } from './echo-load.js';
import { startServer } from './start-server.js';

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

describe('a server', () => {
  it.skipIf(lacksCpus)(
    'has one reactor per core, each on CPUs of its own, and leaves its own thread where it was',
    async () => {
      const before = allowedCpus(process.pid);
      const { adminUrl } = await startServer('echo.ts', { pin: 'on' });
      const { reactors } = await stats(adminUrl);
      expect(reactors.length).toBeGreaterThan(1);
      const lists = reactors.map(({ threadId }) => allowedCpus(threadId));
      expect(lists).toEqual(reactors.map(({ cpus }) => cpus.join(',')));
      const all = reactors.flatMap(({ cpus }) => cpus);
      expect(new Set(all).size).toBe(all.length);
      expect(allowedCpus(process.pid)).toBe(before);
    },
  );

  it.skipIf(lacksCpus)('serves on every reactor through one port', async () => {
    const { url, adminUrl } = await startServer('self-harm.ts', { reactors: 2 });
    for (const reactor of ['0', '1']) await openWhere(url, 'who', (answer) => answer === reactor);
    const { reactors } = await stats(adminUrl);
    expect(reactors.map(({ series }) => series['ws_connections'])).toEqual([1, 1]);
  });

  it.skipIf(lacksCpus)('has the shared memory of each reactor in full on its node', async () => {
    const { adminUrl } = await startServer('echo.ts', { pin: 'on', reactors: 2 });
    const { policy, reactors } = (await (await fetch(`${adminUrl}/memory.json`)).json()) as {
      readonly policy: string | null;
      readonly reactors: readonly NumaPoolReport[];
    };
    expect(policy === null || policy === 'default').toBe(true);
    expect(reactors).toHaveLength(2);
    for (const { home, memory } of reactors) {
      if (!memory.known) throw new Error(memory.reason);
      expect(memory.mappedBytes).toBeGreaterThanOrEqual(memory.bytes);
      // A kernel without NUMA names no nodes.
      if (policy !== null)
        expect(memory.bytesByNode[home.node]).toBeGreaterThanOrEqual(memory.bytes);
    }
  });

  it('says what it runs on, how, and where', async () => {
    const { lines, url, adminUrl, port } = await startServer('echo.ts', { reactors: 1 });
    const text = lines.map(({ message }) => message).join('\n');
    expect(text).toMatch(/^machine: .*CPU/m);
    expect(text).toMatch(/^plan: reactor 0 -> CPU \d/m);
    expect(text).toMatch(/^pinning: (on|off), /m);
    expect(text).toMatch(/^transport: uws, the native library loads here: /m);
    expect(text).toMatch(/^reactor 0 ready$/m);
    expect(lines.find(({ message }) => message === `ready: ${url}`)?.fields).toEqual({ url });
    expect(text).toContain(adminUrl!);
    expect(url).toBe(`ws://127.0.0.1:${port}`);
  });

  it('is ready at an address with the path of the application', async () => {
    const { lines, url } = await startServer('with-path.ts', { reactors: 1 });
    const [ready = ''] = lines.flatMap(({ message }) => /^ready: (.+)$/.exec(message)?.[1] ?? []);
    expect(ready).toBe(`${url}/greet`);
    expect(await ask(await open(ready), 'hello')).toBe('hello');
  });

  it('loses, alters and reorders nothing on 200 connections in 4 s', async () => {
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

  it('holds the limit on connections over all reactors', async () => {
    const { url } = await startServer('echo.ts', { limits: { maxConnections: 20 } });
    const attempts = await Promise.allSettled(Array.from({ length: 40 }, () => open(url)));
    const refused = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(20);
    for (const { reason } of refused) expect(String(reason)).toContain('503');
    for (const attempt of attempts) if (attempt.status === 'fulfilled') attempt.value.terminate();
    // The places come back as the server sees the connections end.
    await expect.poll(() => open(url).then((socket) => ask(socket, 'again'))).toBe('again');
  });

  it('lets the operator set limits over those of the application', async () => {
    const { url } = await startServer('echo.ts', { limits: { maxPayloadBytes: 10 } });
    const socket = await open(url);
    expect(await ask(socket, '0123456789')).toBe('0123456789');
    const closed = closeCode(socket);
    socket.send('0123456789a');
    expect([1006, 1009]).toContain(await closed);
  });
});
