/**
 * Clients that load a server in a closed loop, on the thread that creates them. Each step rejects
 * with the first fault of any client.
 */
export interface LoadGenerator {
  /** Messages that have reached a client whole and unchanged. */
  readonly received: number;
  /**
   * Opens all connections.
   * @throws LoadFault if the server refuses one or `deadlineMs` passes
   */
  connect(deadlineMs: number): Promise<void>;
  start(): void;
  /**
   * Runs the load for a while.
   * @throws LoadFault
   */
  run(durationMs: number): Promise<void>;
  /**
   * Stops sending, and waits until every expected message has come, and no other.
   * @throws LoadFault
   */
  settle(deadlineMs: number): Promise<void>;
  /** Cuts all connections; idempotent. */
  close(): void;
}
