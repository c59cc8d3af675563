import { CLOSE_CODE_TABLE } from './close-codes.js';

/** One series of a reactor: a cell in its block of shared memory, and a line of `/metrics`. */
export interface SeriesDefinition {
  readonly metric: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
}

const SERIES: SeriesDefinition[] = [];

const series = (
  type: SeriesDefinition['type'],
  metric: string,
  help: string,
  labels: Readonly<Record<string, string>> = {},
): number => SERIES.push({ metric, type, help, labels }) - 1;

const counter = (metric: string, help: string, labels?: Readonly<Record<string, string>>): number =>
  series('counter', metric, help, labels);

const rejected = (reason: string): number =>
  counter('ws_upgrades_rejected_total', 'Handshakes refused, by reason.', { reason });
const dropped = (reason: string): number =>
  counter('ws_messages_dropped_total', 'Messages lost on their way to a peer, by reason.', { reason });
const closed = (code: string): number =>
  counter('ws_connections_closed_total', 'Connections ended, by close code.', { code });

/**
 * The cells of a reactor, by name. The order is the layout of its block; all threads of a process run one build.
 *
 * `MessagesIn` counts messages that passed the limits. `MessagesOut` counts those that a connection accepted (`Sent` or
 * `Buffered`), and a published one for each local subscriber, also where a full queue then drops it. Bytes are those of
 * payloads. `HandlerFaults` counts what
 * `onFault` is told. A `Rejected...` cell counts each handshake once.
 */
export const Metric = {
  Connections: series('gauge', 'ws_connections', 'Open connections.'),
  ConnectionsOpened: counter('ws_connections_opened_total', 'Connections opened.'),
  MessagesIn: counter('ws_messages_total', 'Messages, by direction.', { direction: 'in' }),
  MessagesOut: counter('ws_messages_total', 'Messages, by direction.', { direction: 'out' }),
  MessageBytesIn: counter('ws_message_bytes_total', 'Payload bytes of messages, by direction.', { direction: 'in' }),
  MessageBytesOut: counter('ws_message_bytes_total', 'Payload bytes of messages, by direction.', { direction: 'out' }),
  DroppedBufferFull: dropped('buffer_full'),
  HandlerFaults: counter('ws_handler_faults_total', 'Handlers that threw or rejected.'),
  RejectedBadRequest: rejected('bad_request'),
  RejectedTooLarge: rejected('head_too_large'),
  RejectedVersion: rejected('version'),
  RejectedOrigin: rejected('origin'),
  RejectedPath: rejected('path'),
  RejectedMethod: rejected('method'),
  RejectedNotUpgrade: rejected('not_an_upgrade'),
  RejectedByApp: rejected('app'),
  RejectedTimeout: rejected('timeout'),
  RejectedAborted: rejected('aborted'),
  RejectedFull: rejected('full'),
  RejectedAddressFull: rejected('address_full'),
  RejectedTooFast: rejected('too_fast'),
  RejectedDraining: rejected('draining'),
  RejectedFault: rejected('fault'),
} as const;

const closedByCode: Record<number, number> = {};
for (const { code } of CLOSE_CODE_TABLE) closedByCode[code] = closed(String(code));
const closedRegistered = closed('3xxx');
const closedPrivate = closed('4xxx');
const closedOther = closed('other');

/** The cell that counts connections ended with a close code: one for each code below 3000, one each for 3xxx and 4xxx. */
export function closedMetric(code: number): number {
  const known = closedByCode[code];
  if (known !== undefined) return known;
  if (code >= 3000 && code <= 3999) return closedRegistered;
  return code >= 4000 && code <= 4999 ? closedPrivate : closedOther;
}

/** Upper bounds, in seconds, of the buckets of `ws_loop_delay_seconds`; the last bucket has none. */
export const LOOP_DELAY_BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

/** Every series, at the index of its cell. */
export const METRIC_SERIES: readonly SeriesDefinition[] = SERIES;

/**
 * Counters of one reactor. One thread writes; any thread may read, and sees each cell whole but not several of one moment.
 */
export interface Metrics {
  /** Adds `amount` (a safe integer, negative only for a gauge) to a cell of {@link Metric}. */
  add(metric: number, amount: number): void;
  /** What a cell holds. */
  read(metric: number): number;
  /** Notes how late, in seconds, a timer of the event loop fired. */
  observeLoopDelay(seconds: number): void;
}
