import type { DrainOptions, ErrorCode, Limits, LogFields, PoolHome } from '@hioload/api';
import type { Region } from '@hioload/pool';
import type { BusSeat } from '../bus/seat.js';
import type { IdleWish } from '../parts/serving-idle.js';
import type { TransportFacts, TransportWish } from '../parts/serving-transport.js';

/*
 * What supervisor and reactor tell each other. These messages mark changes of state, a handful in
 * the life of a reactor; nothing on the path of a peer's message is posted.
 */

/** What a reactor is born with. */
export interface ReactorSeed {
  readonly index: number;
  readonly reactors: number;
  /** Where the thread runs, and its memory is meant to lie. */
  readonly home: PoolHome;
  /** Whether the thread was born pinned there. */
  readonly pinned: boolean;
  readonly module: string;
  readonly transport: TransportWish;
  /** The module of the user's reactor factory, by its absolute path; `null` where there is none. */
  readonly reactorModule: string | null;
  readonly host: string;
  /** 0 for the first reactor where any port will do. */
  readonly port: number;
  /** The operator's limits, which go over those of the application. */
  readonly limits: Partial<Limits>;
  readonly heapMb: number;
  readonly firstConnId: number;
  readonly admissionTable: SharedArrayBuffer;
  /** The row of the admission table that is this reactor's to write. */
  readonly admissionRow: number;
  readonly bus: BusSeat;
  readonly loop: IdleWish;
}

/** From the supervisor. */
export type ReactorCommand =
  /** The transport that the reactor has told of suits the plan: make it, and start. */
  | { readonly type: 'proceed' }
  | { readonly type: 'drain'; readonly options: DrainOptions }
  | { readonly type: 'stop' };

/** An error on its way between threads: only what can be cloned. */
export interface PortableError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly stack: string;
}

/** From a reactor. */
export type ReactorReport =
  /** The thread runs, and nothing of the application has yet. */
  | {
      readonly type: 'born';
      readonly threadId: number;
      readonly metrics: SharedArrayBuffer;
      readonly heartbeat: SharedArrayBuffer;
    }
  /** Its inbox is open and its slab made: the others may hear of it. */
  | { readonly type: 'joining'; readonly slab: Region }
  /** Its modules are loaded. It waits for `proceed` before it makes the transport. */
  | { readonly type: 'transport'; readonly transport: TransportFacts }
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'failed'; readonly error: PortableError }
  | { readonly type: 'drained' }
  /** What lives after a full collection is near the limit of the heap. */
  | { readonly type: 'heap-pressure'; readonly usedBytes: number }
  | {
      readonly type: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: LogFields;
    };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
