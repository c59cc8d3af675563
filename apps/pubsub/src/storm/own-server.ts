// Starts a server of the pubsub application for a storm that was given no URL.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StormOptions } from './storm-options.js';
import { tenantName } from './storm-plan.js';

const LAUNCHER = fileURLToPath(new URL('../../../../tools/launcher/hioload.mjs', import.meta.url));
const APP = fileURLToPath(new URL('../pubsub.ts', import.meta.url));

/** A server that lives as long as the storm. */
export interface OwnServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves this application on a free port. If there are several tenants, the last one gets quotas
 * that the storm exceeds.
 */
export async function startOwnServer(options: StormOptions): Promise<OwnServer> {
  const args = [
    LAUNCHER,
    'serve',
    APP,
    '--port',
    '0',
    '--no-admin',
    '--log-format',
    'json',
    '--drain-spread-ms',
    '0',
  ];
  const server = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PUBSUB_QUOTAS: JSON.stringify(quotasOf(options)) },
  });
  return { url: await readyUrl(server), stop: () => stop(server) };
}

function quotasOf({
  tenants,
  connections,
  topics,
  topicsPerConnection,
  rate,
}: StormOptions): object {
  const wide = {
    connections: connections + 1,
    topics: topics + 1,
    // Twice the share of the tenant, on each of up to 64 reactors.
    saysPerSecond: Math.min(1_000_000, rate * 128),
    roomsPerConnection: topicsPerConnection,
  };
  if (tenants === 1) return { '*': wide };
  const share = (whole: number): number => Math.ceil(whole / tenants / 2);
  const tight = {
    connections: share(connections),
    topics: share(topics),
    saysPerSecond: share(rate),
  };
  return { '*': wide, [tenantName(tenants - 1)]: tight };
}

async function readyUrl(server: ChildProcess): Promise<string> {
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${String(code)} before it was ready`);
  });
  const ready = new Promise<string>((resolve) => {
    // The log is read to its end, because a full pipe stops its writer.
    createInterface({ input: server.stdout! }).on('line', (line) => {
      const [, url] = /"ready: (ws:\/\/[^"/\s]+)/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([ready, ended]);
  ended.catch(() => undefined);
  return url;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}
