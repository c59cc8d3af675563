/**
 * What a server process is told first: serve, with limits that are the same for all who compete.
 */
export interface ServeCommand {
  readonly kind: 'serve';
  readonly host: string;
  readonly maxPayloadBytes: number;
  readonly maxBufferedBytes: number;
  readonly idleTimeoutSeconds: number;
}

/** What a server process is told: to serve, later to collect its garbage. */
export type ServerCommand = ServeCommand | { readonly kind: 'collect' };

/** What a server process answers once it listens. */
export interface ServeReport {
  readonly kind: 'serving';
  readonly port: number;
  /** The processes whose CPU time and memory are the server's. */
  readonly pids: readonly number[];
  /** Name and version of what serves. */
  readonly version: string;
}

export type ServerReport = ServeReport | { readonly kind: 'collected' };
