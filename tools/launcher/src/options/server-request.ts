/** Turns the options of `hioload serve` into the options of the server. */
import { HioloadError, type Limits } from '@hioload/api';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AdminAddress, DrainTimes, ServerOptions } from '@hioload/reactor';
import { defaultAdminPort } from '@hioload/reactor/defaults';
import type { ResolvedOptions } from './resolve.js';
import { quoteIfOdd } from './sources.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;

/**
 * The options of a server as the launcher sends them to the server process: plain data. What the
 * launcher itself needs is there.
 */
export interface ServerRequest extends Omit<
  ServerOptions,
  'log' | 'topology' | 'affinity' | 'clock' | 'random'
> {
  readonly port: number;
  readonly admin: AdminAddress | null;
  readonly drain: DrainTimes;
  readonly startTimeoutMs: number;
}

/**
 * The options of the server, out of the options of the command.
 * @throws HIOLOAD_MODULE_NOT_FOUND where the module is not a file, before a process is started
 */
export function toServerOptions({ options, nameOf }: ResolvedOptions): ServerRequest {
  const { port, host, admin, adminPort, adminHost, adminAllowedHosts, reactors, heapMb, laneKib } =
    options;
  const { transport, reactorModule, allowedOrigins, allowedHosts } = options;
  return {
    module: existingFile(options.module, nameOf('module')),
    host,
    port,
    admin: admin
      ? {
          host: adminHost,
          port: adminPort ?? defaultAdminPort(port),
          ...(adminAllowedHosts === undefined ? {} : { allowedHosts: adminAllowedHosts }),
        }
      : null,
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
    ...(allowedHosts === undefined ? {} : { allowedHosts }),
    ...(reactors === undefined ? {} : { reactors }),
    group: options.group,
    pin: options.pin,
    ...(transport === undefined ? {} : { transport: nameOrFile(transport, nameOf('transport')) }),
    ...(reactorModule === undefined
      ? {}
      : { reactorModule: existingFile(reactorModule, nameOf('reactorModule')) }),
    loop: nameOrFile(options.loop, nameOf('loop')),
    bus: {
      flushRecords: options.flushRecords,
      drainRecords: options.drainRecords,
      maxPayloadBytes: options.maxPublishBytes,
      slabBytes: options.slabMib * MIB,
      ...(laneKib === undefined ? {} : { laneBytes: laneKib * KIB }),
    },
    limits: definedOnly(options.limits),
    drain: { spreadMs: options.drainSpreadMs, deadlineMs: options.drainDeadlineMs },
    startTimeoutMs: options.startTimeoutMs,
    stallLimitMs: options.stallLimitMs,
    stallAction: options.stallAction,
    ...(heapMb === undefined ? {} : { heapMb }),
  };
}

/** A name such as `uws` as it is; the absolute path of a module. */
function nameOrFile(given: string, name: string): string {
  return /[./\\]/.test(given) ? existingFile(given, name) : given;
}

function existingFile(path: string, name: string): string {
  const absolute = absolutePath(path, name);
  let reason = '';
  try {
    const found = statSync(absolute, { throwIfNoEntry: false });
    if (found?.isFile() === true) return absolute;
    if (found?.isDirectory() === true) {
      throw notFound(
        `${name} must be a file, such as ./app.ts; got ${JSON.stringify(path)}, ` +
          `which is a folder (${quoteIfOdd(absolute)})`,
      );
    }
  } catch (error) {
    if (error instanceof HioloadError) throw error;
    reason = `: ${(error as NodeJS.ErrnoException).code}`;
  }
  throw notFound(
    `${name} must be a file that exists; got ${JSON.stringify(path)} ` +
      `(looked for ${quoteIfOdd(absolute)}${reason})`,
  );
}

/** The absolute path of a path or of a `file:` URL. @throws HIOLOAD_MODULE_NOT_FOUND */
function absolutePath(path: string, name: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(path)) return resolve(path);
  const isFile = /^file:/i.test(path);
  try {
    if (isFile) return fileURLToPath(path);
  } catch (cause) {
    const why = (cause as Error).message.replaceAll(/\s+/g, ' ');
    throw notFound(
      `${name} must be a path, or a file: URL of this machine; got ${JSON.stringify(path)} ` +
        `(${why})`,
    );
  }
  // A file of this machine may have a colon in its name.
  if (!path.includes('://')) return resolve(path);
  throw notFound(`${name} must be a path or a file: URL; got ${JSON.stringify(path)}`);
}

const notFound = (message: string): HioloadError =>
  new HioloadError('HIOLOAD_MODULE_NOT_FOUND', message);

function definedOnly(limits: {
  readonly [Name in keyof Limits]?: number | undefined;
}): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
