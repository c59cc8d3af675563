// Test support: a launcher with fake servers and a fake clock.
import { FakeClock, FakeLogger } from '@hioload/fake';
import type { ServerRequest } from '../../src/options/server-request.js';
import { Backoff } from '@hioload/reactor/backoff';
import { Launcher, type LaunchOutcome } from '../../src/launch/launcher.js';
import type { FailedMessage } from '../../src/launch/messages.js';
import { FakeServers } from './fake-servers.js';

export const OPTIONS: ServerRequest = {
  module: '/app.ts',
  host: '127.0.0.1',
  port: 0,
  admin: { host: '127.0.0.1', port: 0 },
  group: 'core',
  pin: 'auto',
  transport: 'auto',
  limits: {},
  drain: { spreadMs: 2_000, deadlineMs: 10_000 },
  startTimeoutMs: 10_000,
};
export const LOG_STYLE = { level: 'info', format: 'json', color: false } as const;
/** Time that the launcher grants beyond the deadlines of the server. */
export const GRACE_MS = 5_000;

/** The message of a server that could not start. */
export const failed = (
  code: FailedMessage['code'],
  message: string,
  isBadInput = false,
): FailedMessage => ({
  type: 'failed',
  code,
  isBadInput,
  message,
  stack: undefined,
});

/** A launcher and its surroundings. */
export interface Bench {
  readonly launcher: Launcher;
  readonly servers: FakeServers;
  readonly clock: FakeClock;
  readonly log: FakeLogger;
  readonly outcome: Promise<LaunchOutcome>;
}

/** A launcher whose first server has just been started. */
export function start(options: Partial<ServerRequest> = {}): Bench {
  const servers = new FakeServers();
  const clock = new FakeClock();
  const log = new FakeLogger();
  const launcher = new Launcher({
    options: { ...OPTIONS, ...options },
    logStyle: LOG_STYLE,
    spawn: servers.spawn,
    clock,
    log,
    backoff: new Backoff(() => 0.999_999),
  });
  return { launcher, servers, clock, log, outcome: launcher.run() };
}

/** Starts a launcher whose first server serves on port 9100, with its admin pages on 9101. */
export function startReady(options: Partial<ServerRequest> = {}): Bench {
  const bench = start(options);
  bench.servers.last.becomesReady(9100);
  return bench;
}
