// The messages between the parent and a load process.
import type { ProcessLoad } from '../core/thread-time.js';
import type { EchoLoad } from './echo-generator.js';
import type { FanOutLoad } from './fan-out-load.js';

/** What clients do, by the name of what they do. */
export type LoadPlan =
  ({ readonly kind: 'echo' } & EchoLoad) | ({ readonly kind: 'fan-out' } & FanOutLoad);

/** What a load process is told: to connect, then to go. */
export type LoadCommand =
  | { readonly kind: 'connect'; readonly plan: LoadPlan }
  | {
      readonly kind: 'go';
      readonly serverPids: readonly number[];
      /** CPUs that server and load have. */
      readonly cpus: readonly number[];
      readonly warmupMs: number;
      readonly measureMs: number;
    };

/** What was counted in the window that counts. */
export interface LoadResult {
  readonly kind: 'result';
  /** Length of the window. */
  readonly seconds: number;
  /**
   * Messages that reached a client in it. As many are in flight at its start as at its end, so none
   * is missing.
   */
  readonly messages: number;
  readonly server: ProcessLoad;
  readonly generator: ProcessLoad;
  /** Time in which the CPUs of server and load had nothing to do, all together. */
  readonly idleNs: number;
}

/** What a load process answers: one report per command, or a fault instead. */
export type LoadReport =
  | { readonly kind: 'connected' }
  | { readonly kind: 'fault'; readonly message: string }
  | LoadResult;
