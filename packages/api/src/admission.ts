/** Outcome of asking for a connection. */
export const AdmissionVerdict = {
  Admitted: 'admitted',
  /** The process holds as many connections as it may. Answered with 503. */
  Full: 'full',
  /** The remote address holds as many connections as one may. Answered with 429. */
  AddressFull: 'address-full',
  /** Handshakes come faster than they are accepted. Answered with 503. */
  TooFast: 'too-fast',
  /** The reactor drains. Answered with 503. */
  Draining: 'draining',
} as const;
export type AdmissionVerdict = (typeof AdmissionVerdict)[keyof typeof AdmissionVerdict];

/**
 * Decides whether one more connection is let in; a reactor owns one and all of them see the process
 * as a whole.
 */
export interface Admission {
  /**
   * Asks before a handshake is answered, and books the connection where the verdict is `Admitted`.
   */
  admit(remoteAddress: string): AdmissionVerdict;
  /** Gives back what `admit` booked; exactly once per booked connection. */
  release(remoteAddress: string): void;
}
