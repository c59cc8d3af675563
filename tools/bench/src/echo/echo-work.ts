// The work of a connection in one pass of the echo benchmark.
import type { EchoSettings } from './settings.js';

/** The work of each connection in a pass. */
export interface EchoWork {
  readonly payloadBytes: number;
  readonly inFlight: number;
}

/**
 * All pairs of a message length and a number of messages in flight. Each pair has a series of
 * rounds and a table.
 */
export function worksOf({ payloadBytes, inFlight }: EchoSettings): EchoWork[] {
  return payloadBytes.flatMap((bytes) =>
    inFlight.map((messages) => ({ payloadBytes: bytes, inFlight: messages })),
  );
}
