// The work of a connection in one pass of the echo benchmark.
import type { EchoSettings } from './settings.js';

/** What each connection does in a pass. */
export interface EchoWork {
  readonly payloadBytes: number;
  readonly inFlight: number;
}

/** Each length of a message with each number in flight: a series of rounds and a table for each. */
export function worksOf({ payloadBytes, inFlight }: EchoSettings): EchoWork[] {
  return payloadBytes.flatMap((bytes) =>
    inFlight.map((messages) => ({ payloadBytes: bytes, inFlight: messages })),
  );
}
