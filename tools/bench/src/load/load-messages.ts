import type { ProcessLoad } from '../core/thread-time.js';
import type { LoadOptions } from './load-generator.js';

/** What a load process is told: to connect, then to go. */
export type LoadCommand =
  | { readonly kind: 'connect'; readonly options: LoadOptions }
  | { readonly kind: 'go'; readonly serverPid: number; readonly warmupMs: number; readonly measureMs: number };

/** What a load process answers: one report per command, or a fault instead. */
export type LoadReport =
  | { readonly kind: 'connected' }
  | { readonly kind: 'fault'; readonly message: string }
  | {
      readonly kind: 'result';
      /** Length of the window in which was counted. */
      readonly seconds: number;
      /** Messages that came back in it. As many are in flight at its start as at its end, so none is missing. */
      readonly messages: number;
      readonly server: ProcessLoad;
      readonly generator: ProcessLoad;
    };
