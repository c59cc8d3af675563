// End-to-end tests of faults: failing handlers, and reactors that die or stall.
import { leaveOut } from '@hioload/test-support/left-out';
import { describe, expect, it } from 'vitest';
import { ask, closeCode, open, openMany, openWhere } from './clients.js';
import { echoLoad } from './echo-load.js';
import { shareServer, startServer, type TestServer } from './start-server.js';

async function series(adminUrl: string | null, name: string): Promise<number> {
  const stats = (await (await fetch(`${adminUrl}/stats.json`)).json()) as {
    readonly reactors: readonly { readonly series: Readonly<Record<string, number>> }[];
  };
  return stats.reactors.reduce((sum, reactor) => sum + reactor.series[name]!, 0);
}

describe('a handler that fails on every tenth message', () => {
  const shared = shareServer(() => startServer('faulty.ts'));

  it.each(['throw', 'reject'])('costs its own connection alone when it %ss', async (order) => {
    const { url, adminUrl, line, lines } = shared();
    const counted = (): Promise<number[]> =>
      Promise.all(
        ['ws_handler_faults_total', 'ws_connections_closed_total{code="1011"}'].map((name) =>
          series(adminUrl, name),
        ),
      );
    const before = await counted();
    lines.length = 0;
    const bystanders = await openMany(url, 20);
    let running = true;
    const load = Promise.all(
      bystanders.map((socket, name) => echoLoad(socket, name, 2, () => running)),
    );
    for (let victim = 0; victim < 30; victim++) {
      const socket = await open(url);
      for (let n = 1; n < 10; n++) expect(await ask(socket, `message ${n}`)).toBe(`message ${n}`);
      const closed = closeCode(socket);
      socket.send(order);
      expect(await closed).toBe(1011);
    }
    running = false;
    expect((await load).flatMap(({ fault }) => fault ?? [])).toEqual([]);
    expect(await counted()).toEqual(before.map((count) => count + 30));
    expect(
      (
        await line(
          /the message hook of connection \d+ failed: (thrown|rejected) by the application/,
        )
      ).fields,
    ).toMatchObject({
      code: 'HIOLOAD_HANDLER_FAILED',
      stack: expect.stringContaining('faulty.ts') as string,
    });
  });
});

describe('an application that reaches for parts of the framework', () => {
  const shared = shareServer(() => startServer('slips.ts', { reactors: 1 }));

  it.each([
    'post null',
    'post a false report',
    'post a false line',
    'post without end',
    'post a port',
    'listen to the port',
    'close the port',
    'take the listeners away',
    'write to workerData',
    'change shared memory',
  ])('harms no other reactor: %s', async (slip) => {
    const { server, url, adminUrl, lines } = shared();
    const socket = await open(url);
    expect(await ask(socket, slip)).toBe(slip);
    expect(await ask(socket, 'and then')).toBe('and then');
    expect(await ask(await open(url), 'who comes later')).toBe('who comes later');
    expect(server.state).toBe('ready');
    expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
    expect(lines.filter(({ message }) => /failed|stalled/.test(message))).toEqual([]);
  });

  it('gets one warning that nobody listens to parentPort', async () => {
    const { line, lines } = shared();
    await line(/nobody listens to the parentPort of a reactor/);
    expect(lines.filter(({ message }) => message.includes('parentPort'))).toHaveLength(1);
  });

  it('ends only its own reactor, in whatever way it exits', async () => {
    const { url, line, lines } = shared();
    for (const slip of ['exit in spite of all', 'emit exit']) {
      const socket = await open(url);
      const closed = closeCode(socket);
      socket.send(slip);
      await closed;
      await line(/reactor 0 ready again/);
      lines.length = 0;
      expect(await ask(await open(url), 'who comes later')).toBe('who comes later');
    }
  });
});

describe('a reactor that dies', () => {
  it.each([
    [
      'crash',
      /reactor 0 failed and starts again in \d+ ms: uncaught in the application$/,
      /self-harm\.ts/,
    ],
    [
      'exit',
      /reactor 0 failed and starts again in \d+ ms: its thread exited with code 3/,
      /exited/,
    ],
  ])('by %s is replaced, keeps its counters, and ends no other', async (order, message, stack) => {
    const { url, adminUrl, line } = await startServer('self-harm.ts', { reactors: 1 });
    const victim = await open(url);
    await ask(victim, 'who');
    const closed = closeCode(victim);
    victim.send(order);
    expect(await closed).toBe(1006);
    expect((await line(message)).fields).toMatchObject({
      stack: expect.stringMatching(stack) as string,
    });
    await line(/reactor 0 ready again/);
    const successor = await open(url);
    expect(await ask(successor, 'who')).toBe('0');
    expect(await series(adminUrl, 'ws_messages_total{direction="in"}')).toBe(3);
    expect(await series(adminUrl, 'ws_connections')).toBe(1);
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    expect(metrics).toContain('ws_reactor_restarts_total{reactor="0"} 1');
  });

  it('leaves the other reactors and their connections alone', async ({ skip }) => {
    const server = await startServer('self-harm.ts');
    if (server.lines.every(({ message }) => message !== 'reactor 1 ready')) {
      leaveOut({
        what: 'the death of one reactor of several',
        reason: 'there is one CPU',
        command: 'npm test, on a machine with two CPUs',
      });
      skip('needs two CPUs');
    }
    const survivors = await Promise.all(
      Array.from({ length: 5 }, () => openWhere(server.url, 'who', (answer) => answer === '1')),
    );
    const victim = await openWhere(server.url, 'who', (answer) => answer === '0');
    victim.send('crash');
    await server.line(/reactor 0 ready again/);
    for (const survivor of survivors) expect(await ask(survivor, 'who')).toBe('1');
  });
});

describe('a reactor whose event loop stands still', () => {
  async function healthOf(
    { adminUrl }: TestServer,
    reactor: number,
  ): Promise<{ stalled: boolean }> {
    const stats = (await (await fetch(`${adminUrl}/stats.json`)).json()) as {
      reactors: { stalled: boolean }[];
    };
    return stats.reactors[reactor]!;
  }

  it('is reported as stalled while others serve, and recovers', async () => {
    const server = await startServer('self-harm.ts', { reactors: 1, stallLimitMs: 1_000 });
    const socket = await open(server.url);
    const answered = ask(socket, 'block 2500');
    await server.line(/reactor 0 is stalled: /);
    expect((await healthOf(server, 0)).stalled).toBe(true);
    expect((await fetch(`${server.adminUrl}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${server.adminUrl}/healthz`)).json()).toMatchObject({
      reason: expect.stringMatching(
        /^0 of 1 reactors serve; reactor 0 has been stalled for /,
      ) as string,
      stalled: [0],
    });
    await server.line(/reactor 0 has been stalled for 1000 ms, the limit: /);
    expect((await fetch(`${server.adminUrl}/healthz`)).status).toBe(503);
    await answered;
    await server.line(/reactor 0 has recovered: its event loop turns$/);
    expect((await fetch(`${server.adminUrl}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${server.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/ws_loop_delay_seconds_bucket\{reactor="0",le="1"\} (\d+)/);
  });

  it('does not stop the server from ending, and is reported as stuck', async () => {
    const { server, url } = await startServer('self-harm.ts', {
      reactors: 1,
      drain: { spreadMs: 0, deadlineMs: 200 },
    });
    const socket = await open(url);
    await ask(socket, 'who');
    socket.send('block 3000');
    // The order has arrived once the reactor answers nobody any more.
    await expect
      .poll(async () => (await fetchWithin(url.replace('ws', 'http'), 200)) === undefined)
      .toBe(true);
    const outcome = await server.drain('test');
    expect(outcome).toEqual({ cut: 1, stuck: [0] });
    // Let it come round, so that this process can end in order.
    await expect.poll(() => server.stuck, { timeout: 10_000 }).toEqual([]);
  });
});

async function fetchWithin(url: string, limitMs: number): Promise<Response | undefined> {
  return fetch(url, { signal: AbortSignal.timeout(limitMs) }).catch(() => undefined);
}

describe('a reactor whose heap fills up', () => {
  it('is replaced before it runs out of memory', async () => {
    const { url, line, adminUrl } = await startServer('self-harm.ts', { reactors: 1, heapMb: 64 });
    const socket = await open(url);
    const closed = closeCode(socket);
    // Whoever goes on hoarding while the reactor lets go of its connections can still bring the
    // process down.
    const replaced = line(/reactor 0 is replaced: \d+ MiB of its heap of 64 MiB are in use/);
    let isHoarding = true;
    void replaced.then(() => (isHoarding = false));
    while (isHoarding) await Promise.race([ask(socket, 'hoard 200'), replaced]);
    await replaced;
    expect(await closed).toBe(1012);
    await line(/reactor 0 ready again/);
    expect(await ask(await open(url), 'who')).toBe('0');
    expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
  });
});
