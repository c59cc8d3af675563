/** The decision whether a reactor lets one more connection in. */

/** The outcome of a request for a connection. */
export const AdmissionVerdict = {
  Admitted: 'admitted',
  /** The server holds `maxConnections` connections. The handshake is answered with 503. */
  Full: 'full',
  /** The address holds `maxConnectionsPerAddress` connections. The answer is 429. */
  AddressFull: 'address-full',
  /** Handshakes come faster than `maxUpgradesPerSecond`. The answer is 503. */
  TooFast: 'too-fast',
  /** The reactor drains. The answer is 503. */
  Draining: 'draining',
} as const;
export type AdmissionVerdict = (typeof AdmissionVerdict)[keyof typeof AdmissionVerdict];

/**
 * Decides whether one more connection is let in. Each reactor owns one admission, and every
 * admission counts the connections of the whole server.
 */
export interface Admission {
  /**
   * Decides before a handshake is answered. If the verdict is `Admitted`, the connection is counted
   * from now on, until `release`.
   */
  admit(remoteAddress: string): AdmissionVerdict;
  /** Ends the count of one connection. Call it exactly once per admitted connection. */
  release(remoteAddress: string): void;
}
