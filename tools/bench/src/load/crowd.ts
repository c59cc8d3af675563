/** The subscribers that one thread plays. */
export interface Crowd {
  /** Opens all connections. @throws LoadFault where `deadlineMs` passes */
  connect(deadlineMs: number): Promise<void>;
  /**
   * Waits until everybody has all that was published. @throws LoadFault that says what is missing
   * when `deadlineMs` passes
   */
  settle(deadlineMs: number): Promise<void>;
  /** Cuts all connections; idempotent. */
  close(): void;
}
