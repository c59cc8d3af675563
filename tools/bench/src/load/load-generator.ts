/**
 * Clients that load a server in a closed loop, on the thread that makes them. Each step rejects
 * with the first fault of any.
 */
export interface LoadGenerator {
  /** Messages that have reached a client whole and unaltered. */
  readonly received: number;
  /** Opens all connections. @throws LoadFault where one is refused or `deadlineMs` passes */
  connect(deadlineMs: number): Promise<void>;
  start(): void;
  /** Runs for a while. @throws LoadFault */
  run(durationMs: number): Promise<void>;
  /** Sends no more and waits until all that is due has come, and nothing else. @throws LoadFault */
  settle(deadlineMs: number): Promise<void>;
  /** Cuts all connections; idempotent. */
  close(): void;
}
