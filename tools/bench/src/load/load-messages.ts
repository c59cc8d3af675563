// The messages between the parent and a load process.
import type { ProcessLoad } from '../core/thread-time.js';
import type { EchoLoad } from './echo-generator.js';
import type { FanOutLoad } from './fan-out-load.js';

/** The work of the clients, by its name. */
export type LoadPlan =
  ({ readonly kind: 'echo' } & EchoLoad) | ({ readonly kind: 'fan-out' } & FanOutLoad);

/** A command to a load process: to connect, then to start. */
export type LoadCommand =
  | { readonly kind: 'connect'; readonly plan: LoadPlan }
  | {
      readonly kind: 'go';
      readonly serverPids: readonly number[];
      /** The CPUs of server and load. */
      readonly cpus: readonly number[];
      readonly warmupMs: number;
      readonly measureMs: number;
    };

/** The counts of the measured window. */
export interface LoadResult {
  readonly kind: 'result';
  /** Length of the window, in seconds. */
  readonly seconds: number;
  /**
   * Messages that reached a client in the window. The same number is in flight at the start and at
   * the end of the window, so no message is missing.
   */
  readonly messages: number;
  readonly server: ProcessLoad;
  readonly generator: ProcessLoad;
  /** Time in which the CPUs of server and load were idle, added up. */
  readonly idleNs: number;
}

/** An answer of a load process: one report per command, or a fault instead. */
export type LoadReport =
  | { readonly kind: 'connected' }
  | { readonly kind: 'fault'; readonly message: string }
  | LoadResult;
