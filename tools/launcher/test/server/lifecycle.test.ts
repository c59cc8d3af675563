// Tests of the life of the server process.
import { HioloadError, type PublishResult, publishResult } from '@hioload/api';
import { FakeLogger } from '@hioload/fake';
import type { DrainOutcome, Server, ServerAddress } from '@hioload/reactor';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ServerRequest } from '../../src/options/server-request.js';
import { ServerLifecycle } from '../../src/server/lifecycle.js';

const OPTIONS = { module: '/app.ts' } as ServerRequest;
const START = {
  type: 'start',
  options: OPTIONS,
  logStyle: { level: 'info', format: 'json', color: false },
} as const;
const ADDRESS: ServerAddress = { url: 'ws://127.0.0.1:5', adminUrl: 'http://127.0.0.1:6', port: 5 };
const READY = { type: 'ready', url: 'ws://127.0.0.1:5', port: 5, adminPort: 6 };

/** A server whose start and drain the test ends. */
class FakeServer implements Server {
  readonly state = 'idle';
  stuck: readonly number[] = [];
  readonly drains: string[] = [];
  becomesReady!: (address: ServerAddress) => void;
  cannotStart!: (error: unknown) => void;
  hasDrained!: (outcome: DrainOutcome) => void;
  readonly #started = new Promise<ServerAddress>((resolve, reject) => {
    this.becomesReady = resolve;
    this.cannotStart = reject;
  });
  readonly #drained = new Promise<DrainOutcome>((resolve) => {
    this.hasDrained = resolve;
  });

  start(): Promise<ServerAddress> {
    return this.#started;
  }

  publish(): PublishResult {
    return publishResult(0, 0);
  }

  drain(reason: string): Promise<DrainOutcome> {
    this.drains.push(reason);
    return this.#drained;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#drained;
  }
}

let server: FakeServer;
let log: FakeLogger;
/** The messages of the process to the launcher and the way it ended, in order. */
let deeds: unknown[];
let lifecycle: ServerLifecycle;
beforeEach(() => {
  server = new FakeServer();
  log = new FakeLogger();
  deeds = [];
  lifecycle = new ServerLifecycle({
    createServer: () => server,
    createLogger: () => log,
    prepare: () => undefined,
    tell: async (message) => void deeds.push(message),
    exit: (code) => void deeds.push(`exit ${code}`),
    kill: () => void deeds.push('kill'),
  });
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ServerLifecycle', () => {
  it('reports the address of the server', async () => {
    lifecycle.take(START);
    server.becomesReady(ADDRESS);
    await settled();
    expect(deeds).toEqual([READY]);
  });

  it('reports that there are no admin pages', async () => {
    lifecycle.take(START);
    server.becomesReady({ ...ADDRESS, adminUrl: null });
    await settled();
    expect(deeds).toEqual([{ ...READY, adminPort: null }]);
  });

  it('drains once for any number of requests, and exits with 0', async () => {
    lifecycle.take(START);
    server.becomesReady(ADDRESS);
    await settled();
    lifecycle.take({ type: 'drain', reason: 'SIGTERM' });
    void lifecycle.drain('SIGTERM');
    void lifecycle.drain('the launcher has gone');
    expect(server.drains).toEqual(['SIGTERM']);
    expect(deeds).toEqual([READY]);
    server.hasDrained({ cut: 3, stuck: [] });
    await settled();
    expect(deeds).toEqual([READY, { type: 'drained', cut: 3, stuck: [] }, 'exit 0']);
  });

  it('kills itself if reactors are stuck, after it has reported that', async () => {
    lifecycle.take(START);
    server.becomesReady(ADDRESS);
    lifecycle.take({ type: 'drain', reason: 'SIGTERM' });
    server.hasDrained({ cut: 0, stuck: [1] });
    await settled();
    expect(deeds.slice(-2)).toEqual([{ type: 'drained', cut: 0, stuck: [1] }, 'kill']);
  });

  it('exits with 2 for bad input', async () => {
    lifecycle.take(START);
    server.cannotStart(new HioloadError('HIOLOAD_OPTION_INVALID', 'reactors must be 1; got 2'));
    await settled();
    expect(deeds).toEqual([expect.objectContaining({ isBadInput: true }), 'exit 2']);
  });

  it('reports why it could not start, and exits with 1', async () => {
    lifecycle.take(START);
    const error = new HioloadError('HIOLOAD_MODULE_FAILED', 'module: /app.ts failed:\n  a\n  b');
    server.cannotStart(error);
    await settled();
    expect(deeds).toEqual([
      {
        type: 'failed',
        code: 'HIOLOAD_MODULE_FAILED',
        isBadInput: false,
        message: 'module: /app.ts failed: a b',
        stack: error.stack,
      },
      'exit 1',
    ]);
  });

  it('kills itself if a start failed and reactors do not end', async () => {
    lifecycle.take(START);
    server.stuck = [0];
    server.cannotStart('odd');
    await settled();
    expect(deeds).toEqual([
      { type: 'failed', code: undefined, isBadInput: false, message: 'odd', stack: 'odd' },
      'kill',
    ]);
  });

  it('leaves the end to a drain that was requested before the start failed', async () => {
    lifecycle.take(START);
    lifecycle.take({ type: 'drain', reason: 'SIGINT' });
    server.cannotStart(new HioloadError('HIOLOAD_PORT_IN_USE', 'port: 5 is in use'));
    await settled();
    expect(deeds).toEqual([]);
    server.hasDrained({ cut: 0, stuck: [] });
    await settled();
    expect(deeds).toEqual([{ type: 'drained', cut: 0, stuck: [] }, 'exit 0']);
  });

  it('exits at once if the launcher ends before it has sent anything', async () => {
    void lifecycle.drain('the launcher has gone');
    lifecycle.take(START);
    await settled();
    expect(deeds).toEqual([{ type: 'drained', cut: 0, stuck: [] }, 'exit 0']);
    expect(server.drains).toEqual([]);
  });

  it('is killed by an uncaught error, because an exit would abort it', async () => {
    lifecycle.take(START);
    lifecycle.crash(new Error('boom'));
    expect(deeds).toEqual(['kill']);
    expect(log.lines).toEqual([
      {
        level: 'error',
        message: 'the server process failed',
        fields: { stack: expect.stringContaining('boom') as string },
      },
    ]);
  });
});
