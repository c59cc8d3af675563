/** The options of a server: their meanings, allowed values and defaults. */
import {
  type Affinity,
  type Clock,
  type CpuGrouping,
  HioloadError,
  isOriginEntry,
  isHioloadError,
  type IdleName,
  isHostEntry,
  type Limits,
  systemClock,
  textOfThrown,
  type Topology,
  unknownName,
} from '@hioload/api';
import { isIP } from 'node:net';
import { checkLimits } from '../app/check-limits.js';
import { mustBe } from '../app/refusal-text.js';
import { busSizes, type BusOptions } from '../bus/bus-options.js';
import { machineAffinity } from '../machine/index.js';
import {
  AFFINITY_MEMBERS,
  CLOCK_MEMBERS,
  lackOf,
  lackOfTopology,
  type Members,
} from '../parts/check-part.js';
import { looksLikePath, type ModulePath, toModulePath } from '../parts/module-path.js';
import type { IdleWish } from '../parts/serving-idle.js';
import {
  defaultAdminPort,
  type Range,
  SERVER_DEFAULTS,
  SERVER_RANGES,
} from '../server-defaults.js';
import { setFields } from '../set-fields.js';
import { type ConsoleLike, type CountingLogger, type PinoLike, toLogger } from './to-logger.js';

/**
 * Whether the reactors are pinned. `auto` pins them, unless the CPU quota of the cgroup is lower
 * than the number of its CPUs. `on` fails if the threads cannot be bound.
 */
export type PinMode = 'auto' | 'on' | 'off';

/**
 * What the server does about a reactor that is stalled for `stallLimitMs`. `report` shows it on the
 * health page and in the log. `exit` also drains the other reactors and ends the process: with exit
 * code 70, or by SIGKILL where native handles of the transport would make an exit abort.
 */
export type StallAction = 'report' | 'exit';

/** A built-in transport. `auto` takes `uws` if the native module loads, else `net`. */
export type TransportChoice = 'auto' | 'uws' | 'net';

/**
 * The way in which an idle reactor waits for messages of other reactors. `park` sleeps until a
 * doorbell rings. `adaptive` looks for messages for a short time before it sleeps. `spin` never
 * sleeps and uses its whole CPU.
 */
export type LoopMode = IdleName;

/** The times of a drain. */
export interface DrainTimes {
  /** The time over which the drain spreads the closes, in milliseconds. At most the deadline. */
  readonly spreadMs: number;
  /** The time after which the drain cuts the open connections, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * The memory options that the process was started with. When all reactors are ready, the server
 * checks whether the memory follows the options, and logs the result.
 */
export interface MemoryWish {
  /** Whether shared memory was asked to be on huge pages. */
  readonly hugePages: boolean;
  /** The nodes that the memory of the process is bound to. `null` if it is not bound. */
  readonly boundTo: readonly number[] | null;
}

/** The address of the admin pages. */
export interface AdminAddress {
  readonly host: string;
  /** 0..65535; 0 takes a free port. */
  readonly port: number;
  /**
   * Hosts that requests may name, besides numeric addresses, `localhost` and the names below it:
   * `example.org`, `example.org:8080`, `*.example.org`, or `*` for every host. Default: none, and
   * `host` itself if it is a name.
   */
  readonly allowedHosts?: readonly string[];
}

/**
 * The options of `createServer`. Only `module` is needed: the other options have defaults, which
 * `SERVER_DEFAULTS` holds. A part of yours that reactors use is the default export of a module, and
 * the option names the module. Every reactor runs on its own thread and loads the module there.
 */
export interface ServerOptions {
  /** The module of the application, in TypeScript or JavaScript. Every reactor loads it once. */
  readonly module: ModulePath;
  /** A numeric address, or a name of this machine. */
  readonly host?: string;
  /** 0..65535; 0 takes a free port. */
  readonly port?: number;
  /**
   * The address of the admin pages: health and metrics. `null` turns them off. Default: 127.0.0.1
   * and the next port, or a free port if `port` is 0.
   */
  readonly admin?: Partial<AdminAddress> | null;
  /** The number of reactors. Default: one per group of CPUs, within the quota of the cgroup. */
  readonly reactors?: number;
  /** The kind of CPU group that one reactor runs on. */
  readonly group?: CpuGrouping;
  readonly pin?: PinMode;
  /**
   * A built-in transport, or the module of a `TransportKind` of yours. This option wins over the
   * transport of the application. Default: the transport of the application, else `auto`.
   */
  readonly transport?: TransportChoice | ModulePath;
  /** The module of a `ReactorFactory` of yours. Default: the built-in reactor. */
  readonly reactorModule?: ModulePath;
  /** The way in which idle reactors wait, or the module of an `IdleStrategy` of yours. */
  readonly loop?: LoopMode | ModulePath;
  /** Limits that win over the limits of the application. */
  readonly limits?: Partial<Limits>;
  /**
   * Origins that may connect, besides the origin of the host of a request and those of the
   * application: `https://example.org`, `https://*.example.org` for all hosts below it, `null` or
   * `*`.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Hosts that a request may name, such as `example.org`, `example.org:9001`, `*.example.org` or
   * `[::1]`. Any other request is answered with 421. Without the option a page of a stranger whose
   * name leads to this server can connect (DNS rebinding). Default: every host.
   */
  readonly allowedHosts?: readonly string[];
  readonly drain?: Partial<DrainTimes>;
  /** Sizes of lanes, batches and slabs. */
  readonly bus?: BusOptions;
  /** The time within which every reactor must be ready, in milliseconds. */
  readonly startTimeoutMs?: number;
  /**
   * The time after which a stalled reactor makes the health page say 503, in milliseconds, at least
   * 1,000.
   */
  readonly stallLimitMs?: number;
  /** What the server does then, besides the health page and a line in the log. */
  readonly stallAction?: StallAction;
  /**
   * The heap of one reactor, in MiB. Default: its share of the memory of the cgroup or of the
   * machine.
   */
  readonly heapMb?: number;
  /** Default: the process was started without memory options. */
  readonly memory?: MemoryWish;
  /**
   * A logger with the functions `debug`, `info`, `warn` and `error`. A logger with a function
   * `bindings` (pino) or `addStream` (bunyan) gets the fields first, and then the message. Every
   * other logger gets the message first, like `console`. `null` logs nothing. Default: `console`.
   */
  readonly log?: ConsoleLike | PinoLike | null;
  /**
   * Whether what the application prints on its reactors, as with `console.log`, goes into the log:
   * with the number of the reactor, and with the level `info`, or `warn` for `stderr`. Default:
   * false.
   */
  readonly printsToLog?: boolean;
  /** The machine that the supervisor plans for. Default: the topology that the kernel reports. */
  readonly topology?: Topology;
  /** Binds threads to CPUs, on the supervisor's thread. Default: with the program `taskset`. */
  readonly affinity?: Affinity;
  /** The clock of the supervisor. Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Returns 0 up to, but not, 1. It spreads the restarts of reactors. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The checked options of a server, with all defaults. Modules are absolute paths. */
export interface ResolvedServerOptions {
  readonly module: string;
  readonly host: string;
  readonly port: number;
  readonly admin: Required<AdminAddress> | null;
  readonly reactors: number | undefined;
  readonly group: CpuGrouping;
  readonly pin: PinMode;
  /** Undefined if the application may choose. */
  readonly transport:
    | { readonly type: 'built-in'; readonly name: TransportChoice }
    | { readonly type: 'module'; readonly file: string }
    | undefined;
  readonly reactorModule: string | undefined;
  readonly loop: IdleWish;
  readonly limits: Partial<Limits>;
  /** In lower case. */
  readonly allowedOrigins: readonly string[];
  /** Undefined for every host. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly drain: DrainTimes;
  readonly bus: BusOptions;
  readonly startTimeoutMs: number;
  readonly stallLimitMs: number;
  readonly stallAction: StallAction;
  readonly heapMb: number | undefined;
  readonly memory: MemoryWish | undefined;
  readonly log: CountingLogger;
  readonly printsToLog: boolean;
  readonly topology: Topology | undefined;
  readonly affinity: Affinity;
  /** Whether the affinity is an object of the user. Only the supervisor can then call it. */
  readonly isOwnAffinity: boolean;
  readonly clock: Clock;
  readonly random: () => number;
}

const TRANSPORTS = ['auto', 'uws', 'net'] as const;
const LOOPS = ['park', 'adaptive', 'spin'] as const;
const STALL_ACTIONS = ['report', 'exit'] as const;
const HOST_ENTRY = 'a host such as example.org, example.org:8080, *.example.org, or *';
const MODULE = 'the path or the file: URL of a module';
const NAMES: Readonly<Record<keyof ServerOptions, true>> = {
  module: true,
  host: true,
  port: true,
  admin: true,
  reactors: true,
  group: true,
  pin: true,
  transport: true,
  reactorModule: true,
  loop: true,
  limits: true,
  allowedOrigins: true,
  allowedHosts: true,
  drain: true,
  bus: true,
  startTimeoutMs: true,
  stallLimitMs: true,
  stallAction: true,
  heapMb: true,
  memory: true,
  log: true,
  printsToLog: true,
  topology: true,
  affinity: true,
  clock: true,
  random: true,
};

const BUS_NAMES: Readonly<Record<keyof BusOptions, true>> = {
  laneBytes: true,
  flushRecords: true,
  drainRecords: true,
  maxPayloadBytes: true,
  slabBytes: true,
};

/**
 * Checks options and fills in every default.
 * @throws HIOLOAD_OPTION_INVALID with a message that names the option, the allowed values, and the
 * value
 */
export function resolveServerOptions(options: ServerOptions): ResolvedServerOptions {
  try {
    return judge(options);
  } catch (cause) {
    if (isHioloadError(cause)) throw cause;
    const text = `createServer: an option cannot be read: ${textOfThrown(cause)}`;
    throw new HioloadError('HIOLOAD_OPTION_INVALID', text, { cause });
  }
}

function judge(options: ServerOptions): ResolvedServerOptions {
  requireObject('createServer', options, Object.keys(NAMES));
  const { host = SERVER_DEFAULTS.host, port = SERVER_DEFAULTS.port } = options;
  requireHost('host', host);
  requireInteger('port', port, SERVER_RANGES.port);
  const { reactors, heapMb, transport, loop = SERVER_DEFAULTS.loop, limits = {} } = options;
  if (reactors !== undefined) requireInteger('reactors', reactors, SERVER_RANGES.reactors);
  if (heapMb !== undefined) requireInteger('heapMb', heapMb, SERVER_RANGES.heapMb);
  const { startTimeoutMs = SERVER_DEFAULTS.startTimeoutMs } = options;
  requireInteger('startTimeoutMs', startTimeoutMs, SERVER_RANGES.startTimeoutMs);
  const { printsToLog = false } = options;
  if (typeof printsToLog !== 'boolean') throw invalid('printsToLog', printsToLog, 'true or false');
  const { stallLimitMs = SERVER_DEFAULTS.stallLimitMs, stallAction } = options;
  requireInteger('stallLimitMs', stallLimitMs, SERVER_RANGES.stallLimitMs);
  const { clock = systemClock, random = Math.random, topology, affinity } = options;
  requireMembers('clock', clock, 'a Clock { now, after }', CLOCK_MEMBERS);
  if (typeof random !== 'function') throw invalid('random', random, 'a function');
  if (topology !== undefined) refuseLack('topology', 'a Topology', lackOfTopology(topology));
  if (affinity !== undefined) {
    requireMembers('affinity', affinity, 'an Affinity', AFFINITY_MEMBERS);
    requireMembers('affinity.available', affinity.available, 'an object', { ok: 'true or false' });
    if (!affinity.available.ok)
      requireMembers('affinity.available', affinity.available, 'an object', { reason: 'a text' });
  }
  const { group = SERVER_DEFAULTS.group, pin = SERVER_DEFAULTS.pin } = options;
  checkLimits(limits, (text) => new HioloadError('HIOLOAD_OPTION_INVALID', text));
  return {
    module: toModulePath('module', options.module, MODULE),
    host,
    port,
    admin: resolveAdmin(options.admin, port),
    reactors,
    group: choose('group', group, ['core', 'llc', 'numa']),
    pin: choose('pin', pin, ['auto', 'on', 'off']),
    transport:
      transport === undefined ? undefined : nameOrModule('transport', transport, TRANSPORTS),
    reactorModule:
      options.reactorModule === undefined
        ? undefined
        : toModulePath('reactorModule', options.reactorModule, MODULE),
    loop: nameOrModule('loop', loop, LOOPS),
    limits: setFields(limits),
    allowedOrigins: resolveList('allowedOrigins', options.allowedOrigins ?? [], ORIGINS),
    allowedHosts:
      options.allowedHosts === undefined
        ? undefined
        : resolveList('allowedHosts', options.allowedHosts, HOSTS),
    drain: resolveDrain(options.drain),
    bus: resolveBus(options.bus),
    startTimeoutMs,
    stallLimitMs,
    stallAction: choose('stallAction', stallAction ?? SERVER_DEFAULTS.stallAction, STALL_ACTIONS),
    heapMb,
    memory: resolveMemory(options.memory),
    printsToLog,
    log: toLogger(options.log === undefined ? console : options.log),
    topology,
    affinity: affinity ?? machineAffinity(),
    isOwnAffinity: affinity !== undefined,
    clock,
    random,
  };
}

function resolveAdmin(admin: ServerOptions['admin'], port: number): Required<AdminAddress> | null {
  if (admin === null) return null;
  if (typeof admin === 'boolean')
    throw invalid(
      'admin',
      admin,
      'an object with host, port and allowedHosts, or null for no admin pages',
    );
  if (admin !== undefined) requireObject('admin', admin, ['host', 'port', 'allowedHosts']);
  const { host = SERVER_DEFAULTS.adminHost, port: ownPort, allowedHosts = [] } = admin ?? {};
  requireHost('admin.host', host);
  if (ownPort === undefined && port === 65_535)
    throw invalid('port', port, 'at most 65534, unless admin.port is set or admin is null');
  const adminPort = ownPort === undefined ? defaultAdminPort(port) : ownPort;
  requireInteger('admin.port', adminPort, SERVER_RANGES.port);
  if (adminPort !== 0 && adminPort === port)
    throw invalid('admin.port', adminPort, `another port than port (${port})`);
  if (!Array.isArray(allowedHosts)) throw invalid('admin.allowedHosts', allowedHosts, 'a list');
  for (const entry of allowedHosts as readonly unknown[]) {
    if (typeof entry !== 'string' || !isHostEntry(entry))
      throw invalid('an entry of admin.allowedHosts', entry, HOST_ENTRY);
  }
  const own = isIP(host) === 0 ? [host] : [];
  return { host, port: adminPort, allowedHosts: [...(allowedHosts as string[]), ...own] };
}

/** The entries of a list: what they are in words, and their check. */
interface EntryKind {
  readonly allowed: string;
  isEntry(entry: string): boolean;
}
const ORIGINS: EntryKind = {
  allowed: 'an origin such as https://example.org or https://*.example.org, null or *',
  isEntry: isOriginEntry,
};
const HOSTS: EntryKind = {
  allowed: 'a host such as example.org, example.org:9001, *.example.org or [::1], or *',
  isEntry: isHostEntry,
};

function resolveList(option: string, list: unknown, kind: EntryKind): readonly string[] {
  if (!Array.isArray(list)) throw invalid(option, list, 'a list');
  return list.map((entry: unknown) => {
    if (typeof entry !== 'string' || !kind.isEntry(entry))
      throw invalid(`an entry of ${option}`, entry, kind.allowed);
    return entry.toLowerCase();
  });
}

function resolveDrain(drain: ServerOptions['drain'] = {}): DrainTimes {
  requireObject('drain', drain, ['spreadMs', 'deadlineMs']);
  const { spreadMs, deadlineMs } = { ...SERVER_DEFAULTS.drain, ...setFields(drain) };
  requireInteger('drain.spreadMs', spreadMs, SERVER_RANGES.drainMs);
  requireInteger('drain.deadlineMs', deadlineMs, SERVER_RANGES.drainMs);
  if (spreadMs > deadlineMs)
    throw invalid('drain.spreadMs', spreadMs, `at most drain.deadlineMs (${deadlineMs})`);
  return { spreadMs, deadlineMs };
}

function resolveBus(bus: ServerOptions['bus'] = {}): BusOptions {
  requireObject('bus', bus, Object.keys(BUS_NAMES));
  const set = setFields(bus);
  // Whether the sizes are allowed does not depend on the number of reactors.
  busSizes(set, 1);
  return set;
}

function resolveMemory(memory: ServerOptions['memory']): MemoryWish | undefined {
  if (memory === undefined) return undefined;
  requireObject('memory', memory, ['hugePages', 'boundTo']);
  const { hugePages, boundTo } = memory;
  if (typeof hugePages !== 'boolean') throw invalid('memory.hugePages', hugePages, 'true or false');
  if (
    boundTo !== null &&
    !(Array.isArray(boundTo) && boundTo.every((node) => Number.isInteger(node) && node >= 0))
  )
    throw invalid('memory.boundTo', boundTo, 'a list of node numbers from 0 on, or null');
  return memory;
}

/** Reads an option that takes a name or a module. Refuses any other value. */
function nameOrModule<const Name extends string>(
  option: string,
  value: unknown,
  names: readonly Name[],
): { readonly type: 'built-in'; readonly name: Name } | ModuleOf {
  if (names.includes(value as Name)) return { type: 'built-in', name: value as Name };
  const allowed = `${names.join(', ')}, or ${MODULE}`;
  if (typeof value === 'string' && !looksLikePath(value))
    throw invalid(option, value, `${names.join(', ')}, or ${MODULE} such as ./own.ts`);
  return { type: 'module', file: toModulePath(option, value, allowed) };
}

interface ModuleOf {
  readonly type: 'module';
  readonly file: string;
}

function choose<const Word extends string>(
  option: string,
  value: unknown,
  words: readonly Word[],
): Word {
  if (words.includes(value as Word)) return value as Word;
  throw invalid(option, value, `one of ${words.join(', ')}`);
}

function requireInteger(option: string, value: unknown, { min, max }: Range): void {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw invalid(option, value, `a whole number from ${min} to ${max}`);
}

function requireHost(option: string, value: unknown): void {
  if (typeof value === 'string' && /^[\w.:%-]{1,253}$/.test(value)) return;
  throw invalid(option, value, 'a host name or a numeric address');
}

function requireMembers(option: string, value: unknown, needed: string, members: Members): void {
  refuseLack(option, needed, lackOf(value, members));
}

function refuseLack(option: string, needed: string, lack: string | undefined): void {
  if (lack === undefined) return;
  throw new HioloadError('HIOLOAD_OPTION_INVALID', `${option} must be ${needed}; ${lack}`);
}

function requireObject(option: string, value: unknown, names?: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(option, value, 'an object');
  if (names === undefined) return;
  // Inherited fields are read, too.
  for (const name in value) {
    if (names.includes(name)) continue;
    throw new HioloadError('HIOLOAD_OPTION_INVALID', unknownName(name, option, names));
  }
}

function invalid(option: string, value: unknown, allowed: string): HioloadError {
  return new HioloadError('HIOLOAD_OPTION_INVALID', mustBe(option, allowed, value));
}
