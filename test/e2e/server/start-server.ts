// Test support: a server in the process of the test.
import type { LogFields, Logger, Topology } from '@hioload/api';
import { fakeMachine } from '@hioload/fake';
import {
  createServer,
  type Server,
  type ServerAddress,
  type ServerOptions,
} from '@hioload/reactor';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** A line of the server's log. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A server in this process, with reactors on threads of their own. */
export interface TestServer extends ServerAddress {
  /** Only a server without a port has none. */
  readonly url: string;
  readonly server: Server;
  readonly lines: LogLine[];
  /** Resolves with the first line, past or to come, whose message matches. */
  line(pattern: RegExp): Promise<LogLine>;
}

// A process that ends while reactors live aborts: whatever a test leaves running is drained.
const running = new Set<Server>();
afterEach(async () => {
  await Promise.all([...running].map((server) => server.drain('the test is over')));
  running.clear();
});

const defaults: Omit<ServerOptions, 'module'> = {
  host: '127.0.0.1',
  port: 0,
  admin: { host: '127.0.0.1', port: 0 },
  group: 'core',
  pin: 'auto',
  limits: {},
  drain: { spreadMs: 0, deadlineMs: 5_000 },
  // Reactors from source, several at once, on a machine that does other things.
  startTimeoutMs: 25_000,
};

/**
 * Makes a server for an application in `apps/`, or at an absolute path, not started yet. @param
 * topology what to take the machine for
 */
export function makeServer(
  app: string,
  options: Partial<ServerOptions> = {},
  topology?: Topology,
): { readonly server: Server; readonly lines: LogLine[]; line(pattern: RegExp): Promise<LogLine> } {
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const note =
    (level: keyof Logger) =>
    (message: string, fields?: LogFields): void => {
      lines.push({ level, message, fields });
      for (const look of waiting) look();
    };
  const log: Logger = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
  };
  const module = resolve(import.meta.dirname, 'apps', app);
  const server = createServer({
    ...defaults,
    module,
    log,
    ...(topology !== undefined && { topology }),
    ...options,
  });
  running.add(server);
  const line = (pattern: RegExp): Promise<LogLine> =>
    new Promise((done) => {
      const look = (): void => {
        const found = lines.find(({ message }) => pattern.test(message));
        if (found === undefined) return;
        waiting.delete(look);
        done(found);
      };
      waiting.add(look);
      look();
    });
  return { server, lines, line };
}

/**
 * Starts one server for all cases of a `describe`: a start is the dearest part of a case.
 *
 * @returns what gives the server to a case
 */
export function shareServer(start: () => Promise<TestServer>): () => TestServer {
  let shared: TestServer | undefined;
  beforeAll(async () => {
    shared = await start();
    running.delete(shared.server);
  });
  afterAll(() => shared?.server.drain('the tests are over'));
  return () => shared!;
}

/** Starts a server for an application in `apps/`. */
export async function startServer(
  app: string,
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const made = makeServer(app, options);
  const address = await made.server.start();
  return { ...made, ...address, url: address.url! };
}

/**
 * Starts a server with so many reactors, whatever the machine has: they are not pinned and may
 * share a CPU.
 */
export async function startReactors(
  reactors: number,
  app: string,
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const machine = fakeMachine({ coresPerLlc: reactors });
  const made = makeServer(app, { ...options, reactors, pin: 'off', heapMb: 256 }, machine);
  const address = await made.server.start();
  return { ...made, ...address, url: address.url! };
}
