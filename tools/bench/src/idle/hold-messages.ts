// The messages between the parent and the process that holds idle connections.
import type { Target } from '../load/client-socket.js';

/** What the process that holds idle connections is told. */
export type HoldCommand =
  /** Opens connections until there are `count`. */
  | { readonly kind: 'grow'; readonly target: Target; readonly count: number }
  /** Stays for a while, and looks at what the server's processes do meanwhile. */
  | { readonly kind: 'stay'; readonly serverPids: readonly number[]; readonly durationMs: number };

/** What it answers: one report per command, or a fault instead. */
export type HoldReport =
  | { readonly kind: 'grown' }
  | { readonly kind: 'fault'; readonly message: string }
  | {
      readonly kind: 'stayed';
      /** CPU time of the server, in cores. */
      readonly serverCores: number;
      /** Pings that the server sent meanwhile. */
      readonly pings: number;
    };
