import type { LogFields } from '@hioload/api';

/** Topics of the application that is measured. */
export const CrossTopic = {
  /** From the supervisor: what to measure, as JSON. */
  Go: 'cross:go',
  /** From the first reactor to the second. */
  There: 'cross:there',
  /** Back again. */
  Back: 'cross:back',
} as const;

/** What is to be measured. */
export type CrossTask =
  | { readonly kind: 'throughput'; readonly seconds: number; readonly payloadBytes: number }
  | { readonly kind: 'latency'; readonly rounds: number; readonly payloadBytes: number };

/** The log line that carries a result: the one way out of a reactor that needs no socket. */
export const CROSS_RESULT = 'cross result';

/** What was measured. */
export interface CrossResult extends LogFields {
  /** Messages a second, or `null` where latency was measured. */
  readonly messagesPerSecond: number | null;
  /** Half of each round trip, in microseconds, ascending. */
  readonly oneWayMicroseconds: readonly number[];
  /** Messages that were lost, repeated, reordered or altered. */
  readonly faults: number;
}

/** Words at the start of a payload: its number, and whether it is answered at once. */
export const NUMBER = 0;
export const WANTS_ANSWER = 1;
/** Words at the start of an answer: messages taken so far, and faults among them. */
export const TAKEN = 0;
export const FAULTS = 1;
