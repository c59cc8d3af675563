// Starts our whole server with the launcher, as a subject of the bench.
import { LIMIT_TABLE } from '@hioload/api';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { REPOSITORY_ROOT } from '../core/paths.js';
import { serveParent, type Serving } from './serve-parent.js';
import type { ServeCommand } from './server-messages.js';

/**
 * Starts the real command, `hioload serve`, as a person does, and ends it together with the bench.
 */

/** Time to drain after the clients have left. Then a second signal ends the server at once. */
const DRAIN_PATIENCE_MS = 2_000;

interface Stats {
  readonly pid: number;
  readonly version: string;
  readonly transport: string;
}

/**
 * The application, as a path from the root of the repository; the number of its reactors; its
 * transport.
 */
const [app = '', reactors = '1', transport = 'auto'] = process.argv.slice(2);

let stop = (): Promise<void> => Promise.resolve();

serveParent(serve, () => stop());

async function serve(command: ServeCommand): Promise<Serving> {
  const launcher = spawn(
    process.execPath,
    ['tools/launcher/hioload.mjs', ...serveArguments(command)],
    {
      cwd: REPOSITORY_ROOT,
      env: withoutSettings(process.env),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const gone = once(launcher, 'exit');
  stop = async () => {
    if (launcher.exitCode !== null || launcher.signalCode !== null) return;
    launcher.kill('SIGTERM');
    const impatience = setTimeout(() => launcher.kill('SIGTERM'), DRAIN_PATIENCE_MS);
    await gone;
    clearTimeout(impatience);
  };
  void gone.then(([code]) => {
    process.stderr.write(`the launcher ended with exit code ${code}\n`);
    process.exit(1);
  });

  const { port, adminUrl } = await announced(createInterface(launcher.stdout));
  // The log goes on, but nobody reads it from here on.
  launcher.stdout.resume();
  const stats = (await (await fetch(`${adminUrl}/stats.json`)).json()) as Stats;
  return { port, pids: [stats.pid], version: `hioload ${stats.version} (${stats.transport})` };
}

function serveArguments(command: ServeCommand): string[] {
  const options = {
    host: command.host,
    port: 0,
    reactors,
    transport,
    'log-format': 'json',
    'drain-spread-ms': 0,
    'max-payload-bytes': command.maxPayloadBytes,
    'max-buffered-bytes': command.maxBufferedBytes,
    'idle-timeout-seconds': command.idleTimeoutSeconds,
    // The server still counts the rate, but a bench with few connections never reaches this limit.
    'max-messages-per-second': LIMIT_TABLE.maxMessagesPerSecond.max,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return ['serve', app, ...flags];
}

/**
 * The environment without settings that a person made for other servers: they must not change the
 * measured server.
 */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['PORT', 'HOST', 'LOG_LEVEL', 'NODE_CHANNEL_FD'];
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !names.includes(name) && !name.startsWith('HIOLOAD_'),
    ),
  );
}

/** Reads the log until it has named both addresses. */
async function announced(
  log: AsyncIterable<string>,
): Promise<{ readonly port: number; readonly adminUrl: string }> {
  let port: number | undefined;
  let adminUrl: string | undefined;
  for await (const line of log) {
    port ??= firstMatch(/"url":"ws:\/\/[^"]*:(\d+)"/, line, Number);
    adminUrl ??= firstMatch(/"url":"(http:[^"]*)"/, line, String);
    if (port !== undefined && adminUrl !== undefined) return { port, adminUrl };
  }
  throw new Error('the log of the server ended before it told where it listens');
}

function firstMatch<Value>(
  pattern: RegExp,
  line: string,
  convert: (text: string) => Value,
): Value | undefined {
  const text = pattern.exec(line)?.[1];
  return text === undefined ? undefined : convert(text);
}
