/** The messages between the supervisor and the thread of a reactor. */
import type { DrainOptions, Limits, PoolHome } from '@hioload/api';
import type { Region } from '@hioload/pool';
import type { BusSeat } from '../bus/seat.js';
import type { LogRingSeat } from '../log/log-ring.js';
import type { IdleWish } from '../parts/serving-idle.js';
import type { TransportFacts, TransportWish } from '../parts/serving-transport.js';
import type { PortableError } from './portable-error.js';

/*
 * These messages mark changes of state: a reactor posts a handful in its life. Nothing on the path
 * of a peer's message is posted.
 */

/** What the thread of a reactor is started with. */
export interface ReactorSeed {
  readonly index: number;
  readonly reactors: number;
  /** The CPUs that the thread runs on, and the node that its memory should lie on. */
  readonly home: PoolHome;
  /** Whether the thread itself checks that it was started on those CPUs. */
  readonly pinned: boolean;
  readonly module: string;
  readonly transport: TransportWish;
  /** The module of the user's reactor factory, by its absolute path; `null` where there is none. */
  readonly reactorModule: string | null;
  readonly host: string;
  /** 0 for the first reactor if any port will do. */
  readonly port: number;
  /** The operator's limits, which go over those of the application. */
  readonly limits: Partial<Limits>;
  /** The operator's origins, besides those of the application. */
  readonly allowedOrigins: readonly string[];
  /** The hosts that a request may name; undefined for every host. */
  readonly allowedHosts: readonly string[] | undefined;
  /** The heap that the thread is started with. A flag of V8 may override it. */
  readonly heapMb: number;
  /** Whether what the application prints goes into the log. */
  readonly printsToLog: boolean;
  readonly firstConnId: number;
  readonly admissionTable: SharedArrayBuffer;
  /** The row of the admission table that is this reactor's to write. */
  readonly admissionRow: number;
  readonly bus: BusSeat;
  readonly log: LogRingSeat;
  readonly loop: IdleWish;
}

/** A message from the supervisor. */
export type ReactorCommand =
  /** The announced transport suits the plan: the reactor makes it and starts. */
  | { readonly type: 'proceed' }
  | { readonly type: 'drain'; readonly options: DrainOptions }
  | { readonly type: 'stop' };

/** A message from a reactor. */
export type ReactorReport =
  /** The thread runs. It has not loaded the application yet. */
  | {
      readonly type: 'born';
      /** The id that the kernel gave the thread; 0 if `/proc` does not tell it. */
      readonly threadId: number;
      /** The heap that V8 grants the thread, in MiB. */
      readonly heapMb: number;
      readonly metrics: SharedArrayBuffer;
      readonly heartbeat: SharedArrayBuffer;
    }
  /** The inbox is open and the slab is made: the other reactors may be told. */
  | { readonly type: 'joining'; readonly slab: Region; readonly loop: string }
  /** The modules are loaded. The reactor waits for `proceed` before it makes the transport. */
  | { readonly type: 'transport'; readonly transport: TransportFacts }
  /** The transport is made. The reactor runs the start hook of the application, then listens. */
  | { readonly type: 'made' }
  /** The reactor listens. `path` is the path of the application. */
  | { readonly type: 'ready'; readonly port: number; readonly path: string }
  | { readonly type: 'failed'; readonly error: PortableError }
  | { readonly type: 'drained' }
  /** Live objects fill most of the heap, as a full collection has shown. */
  | { readonly type: 'heap-pressure'; readonly usedBytes: number };

/** The fields of each report, with the type that `typeof` tells; `buffer` is shared memory. */
const FIELDS: Readonly<Record<ReactorReport['type'], Readonly<Record<string, string>>>> = {
  born: { threadId: 'number', heapMb: 'number', metrics: 'buffer', heartbeat: 'buffer' },
  joining: { slab: 'object', loop: 'string' },
  transport: { transport: 'object' },
  made: {},
  ready: { port: 'number', path: 'string' },
  failed: { error: 'object' },
  drained: {},
  'heap-pressure': { usedBytes: 'number' },
};

/** Whether a message that a thread has sent is a report. */
export function isReactorReport(message: unknown): message is ReactorReport {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  const { type } = message;
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) return false;
  return Object.entries(FIELDS[type as ReactorReport['type']]).every(([name, kind]) => {
    const value = (message as Readonly<Record<string, unknown>>)[name];
    if (kind === 'buffer') return value instanceof SharedArrayBuffer;
    return typeof value === kind && value !== null;
  });
}
