// The messages between the parent and the process that holds idle connections.
import type { Target } from '../load/client-socket.js';

/** A command to the process that holds idle connections. */
export type HoldCommand =
  /** Opens connections until there are `count`. */
  | { readonly kind: 'grow'; readonly target: Target; readonly count: number }
  /** Waits for a while, and measures the server's processes meanwhile. */
  | { readonly kind: 'stay'; readonly serverPids: readonly number[]; readonly durationMs: number };

/** An answer of that process: one report per command, or a fault instead. */
export type HoldReport =
  | { readonly kind: 'grown' }
  | { readonly kind: 'fault'; readonly message: string }
  | {
      readonly kind: 'stayed';
      /** CPU time of the server, in cores. */
      readonly serverCores: number;
      /** Pings that the server sent in that time. */
      readonly pings: number;
    };
