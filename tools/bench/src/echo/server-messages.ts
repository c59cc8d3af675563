/** What a server process is told: serve, with limits that are the same for all who compete. */
export interface ServeCommand {
  readonly host: string;
  readonly maxPayloadBytes: number;
  readonly maxBufferedBytes: number;
  readonly idleTimeoutSeconds: number;
}

/** What a server process answers once it listens. */
export interface ServeReport {
  readonly port: number;
  /** The process whose CPU time is the server's. */
  readonly pid: number;
  /** Name and version of what serves. */
  readonly version: string;
}
