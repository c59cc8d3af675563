/** The subscribers that one thread plays. */
export interface Crowd {
  /** Opens all connections. @throws LoadFault where `deadlineMs` passes */
  connect(deadlineMs: number): Promise<void>;
  /**
   * Waits until every subscriber has every published message.
   * @throws LoadFault when `deadlineMs` passes; the fault says which messages are missing
   */
  settle(deadlineMs: number): Promise<void>;
  /** Cuts all connections; idempotent. */
  close(): void;
}
