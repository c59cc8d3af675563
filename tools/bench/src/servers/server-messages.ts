/**
 * The first command to a server process: to serve, with limits that are the same for all
 * competitors.
 */
export interface ServeCommand {
  readonly kind: 'serve';
  readonly host: string;
  readonly maxPayloadBytes: number;
  readonly maxBufferedBytes: number;
  readonly idleTimeoutSeconds: number;
}

/** A command to a server process: to serve, or later to collect its garbage. */
export type ServerCommand = ServeCommand | { readonly kind: 'collect' };

/** The answer of a server process when it listens. */
export interface ServeReport {
  readonly kind: 'serving';
  readonly port: number;
  /** The processes whose CPU time and memory count as those of the server. */
  readonly pids: readonly number[];
  /** Name and version of the server. */
  readonly version: string;
}

export type ServerReport = ServeReport | { readonly kind: 'collected' };
