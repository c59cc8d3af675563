// End-to-end tests of starting and draining a server.
import { eventually } from '@hioload/test-support/waiting';
import { once } from 'node:events';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { closeCode, open, openMany } from './clients.js';
import { echoLoad } from './echo-load.js';
import { makeServer, shareServer, startReactors, startServer } from './start-server.js';

describe('a start that cannot succeed', () => {
  it.each([
    [
      'the module is missing',
      'no-such-app.ts',
      {},
      'HIOLOAD_MODULE_NOT_FOUND',
      /module must be a file that exists; got ".*no-such-app\.ts"/,
    ],
    [
      'the module throws',
      'throws-at-once.ts',
      {},
      'HIOLOAD_MODULE_FAILED',
      /throws-at-once\.ts failed: no database here/,
    ],
    [
      'the module exports no app',
      '../clients.ts',
      {},
      'HIOLOAD_MODULE_NO_APP',
      /default export of .*clients\.ts must be defineApp\(\{ \.\.\. \}\); got no default export$/,
    ],
    [
      'a start hook throws',
      'second-fails.ts',
      {},
      'HIOLOAD_MODULE_FAILED',
      /start hook failed: this one not/,
    ],
    [
      'a start hook never ends',
      'never-starts.ts',
      { startTimeoutMs: 1_500, reactors: 1 },
      'HIOLOAD_REACTOR_START_TIMEOUT',
      /^reactor 0 was not ready within 1500 ms: it was still .+\. Raise startTimeoutMs /,
    ],
    [
      'there are not so many CPUs',
      'echo.ts',
      { reactors: 1_024 },
      'HIOLOAD_PLACEMENT_IMPOSSIBLE',
      /1024/,
    ],
    [
      'lanes are shorter than topics may be',
      'echo.ts',
      { reactors: 1, bus: { laneBytes: 4_096 }, limits: { maxTopicBytes: 2_000 } },
      'HIOLOAD_OPTION_INVALID',
      /maxTopicBytes must be at most 1024, a quarter of a lane; got 2000/,
    ],
    [
      'the host is of another machine',
      'echo.ts',
      { host: '192.0.2.1', port: 9 },
      'HIOLOAD_ADDRESS_UNAVAILABLE',
      /192\.0\.2\.1/,
    ],
  ])('fails as a whole when %s', async (_, app, options, code, message) => {
    const { server } = makeServer(app, options);
    await expect(server.start()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    expect(server.state).toBe('failed');
    // A reactor that still loads modules reads the command to stop behind them.
    await eventually('every thread has ended', () => server.stuck.length === 0);
  });

  it('carries the error of the application as its cause', async () => {
    const { server } = makeServer('throws-at-once.ts', { reactors: 1 });
    const error = (await server.start().catch((thrown: unknown) => thrown)) as Error;
    expect(error.stack).toMatch(/^HioloadError: module: .+throws-at-once\.ts failed: no database/);
    expect(error.cause).toMatchObject({
      name: 'Error',
      message: 'no database here',
      stack: expect.stringMatching(
        /^Error: no database here\n\s+at .*throws-at-once\.ts:3/,
      ) as string,
    });
  });
});

describe('a start beside a server that runs', () => {
  const shared = shareServer(() => startServer('echo.ts', { reactors: 1 }));

  it('does not share a port with another server of any kind', async () => {
    const second = makeServer('echo.ts', { port: shared().port });
    await expect(second.server.start()).rejects.toMatchObject({ code: 'HIOLOAD_PORT_IN_USE' });

    const other = createNetServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const third = makeServer('echo.ts', { port: (other.address() as AddressInfo).port });
    await expect(third.server.start()).rejects.toMatchObject({ code: 'HIOLOAD_PORT_IN_USE' });
    other.close();
  });

  it('is allowed once', async () => {
    await expect(shared().server.start()).rejects.toMatchObject({ code: 'HIOLOAD_STATE' });
  });
});

describe('a drain', () => {
  it('closes connections under load with 1001, and is unready at once', async () => {
    const { server, url, adminUrl } = await startServer('echo.ts', {
      drain: { spreadMs: 300, deadlineMs: 10_000 },
    });
    const sockets = await openMany(url, 200);
    const load = sockets.map((socket, name) => echoLoad(socket, name, 8, () => true));
    const codes = Promise.all(sockets.map(closeCode));
    await expect.poll(async () => (await fetch(`${adminUrl}/metrics`)).status).toBe(200);

    const drained = server.drain('test');
    const readyz = await fetch(`${adminUrl}/readyz`);
    expect(readyz.status).toBe(503);
    expect(await readyz.json()).toMatchObject({ reason: 'draining' });

    expect(new Set(await codes)).toEqual(new Set([1001]));
    expect(await drained).toEqual({ cut: 0, stuck: [] });
    expect(server.state).toBe('stopped');
    const wrong = (await Promise.all(load)).flatMap(({ fault }) =>
      fault === 'closed with 1001' ? [] : (fault ?? []),
    );
    expect(wrong).toEqual([]);
    await expect(open(url)).rejects.toThrow(/ECONNREFUSED/);
    await expect(fetch(`${adminUrl}/readyz`)).rejects.toThrow('fetch failed');
  });

  it('ends a server that is still starting', async () => {
    const { server } = makeServer('echo.ts', { reactors: 1 });
    const started = server.start();
    const drained = server.drain('at once');
    await started;
    expect(await drained).toEqual({ cut: 0, stuck: [] });
    expect(server.state).toBe('stopped');
  });

  it('ends a server that is disposed of, and leaves its port free for a successor', async () => {
    const { server, port } = await startServer('echo.ts', { reactors: 1 });
    await server[Symbol.asyncDispose]();
    expect(server.state).toBe('stopped');
    const successor = await startServer('echo.ts', { reactors: 1, port });
    expect(successor.port).toBe(port);
    // A second drain joins the drain that is under way.
    const first = successor.server.drain('first');
    expect(successor.server.drain('second')).toBe(first);
    await first;
  });
});

describe('an application that asks for compression', () => {
  it('is warned once if the transport has none', async () => {
    // A machine with a low limit on open files gives no warning of its own with these limits.
    const limits = { maxConnections: 100, maxPageConnections: 100 };
    const started = await startReactors(2, 'compressing.ts', { transport: 'uws', limits });
    const warnings = started.lines
      .filter(({ level }) => level === 'warn')
      .map(({ message }) => message);
    expect(warnings).toEqual([
      expect.stringMatching(/^compression is off on the transport uws: .+ net has it$/),
    ]);
  });
});
