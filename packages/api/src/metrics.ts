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

/**
 * One publish of so many carries the time at which it was made, for
 * {@link Histogram.PublishLatency}.
 */
export const PUBLISHES_PER_SAMPLE = 64;

const DROPPED_HELP =
  'Messages lost, by reason: buffer_full once for each connection; lane_full, slab_full and ' +
  'too_long once for each ' +
  'reactor that was to have them, by the one that publishes; reactor_ended and ' +
  'connection_gone by the one that was to.';
const BUS_HELP =
  'Messages handed to other reactors and taken from them; out counts a copy for each reactor ' +
  'that is to read it.';

const rejected = (reason: string): number =>
  counter('ws_upgrades_rejected_total', 'Handshakes refused, by reason.', { reason });
const dropped = (reason: string): number =>
  counter('ws_messages_dropped_total', DROPPED_HELP, { reason });
const closed = (code: string): number =>
  counter('ws_connections_closed_total', 'Connections ended, by close code.', { code });

/**
 * The cells of a reactor, by name. The order is the layout of its block; all threads of a process
 * run one build.
 *
 * `MessagesIn` counts messages that passed the limits. `MessagesOut` counts those that a connection
 * accepted (`Sent` or `Buffered`), and a published one for each local subscriber, also where a full
 * queue then drops it. Bytes are those of payloads. `HandlerFaults` counts what `onFault` is told,
 * and listeners of the application that failed. A `Rejected...` cell counts each handshake once,
 * and each request that is neither a handshake nor for a page. `PagesSent` counts a page when it is
 * handed out, whatever the client takes of it.
 *
 * A message between reactors counts once for each that it is meant for: in `BusMessagesOut` of the
 * one that publishes where the lane took it, else in `DroppedLaneFull`, also where it is too long
 * for the lane and its reader has its share of the slab, in `DroppedSlabFull` where it is too long
 * for the lane and the slab has no block for it, or in `DroppedTooLong` where it is longer than any
 * message to other reactors may be; then in `BusMessagesIn` of the one that reads, or in
 * `DroppedReactorEnded` where that one ended before. `DroppedConnectionGone` counts what was sent
 * to one connection that was no more when it arrived.
 */
export const Metric = {
  Connections: series('gauge', 'ws_connections', 'Open connections.'),
  ConnectionsOpened: counter('ws_connections_opened_total', 'Connections opened.'),
  MessagesIn: counter('ws_messages_total', 'Messages, by direction.', { direction: 'in' }),
  MessagesOut: counter('ws_messages_total', 'Messages, by direction.', { direction: 'out' }),
  MessageBytesIn: counter('ws_message_bytes_total', 'Payload bytes of messages, by direction.', {
    direction: 'in',
  }),
  MessageBytesOut: counter('ws_message_bytes_total', 'Payload bytes of messages, by direction.', {
    direction: 'out',
  }),
  DroppedBufferFull: dropped('buffer_full'),
  DroppedLaneFull: dropped('lane_full'),
  DroppedSlabFull: dropped('slab_full'),
  DroppedTooLong: dropped('too_long'),
  DroppedReactorEnded: dropped('reactor_ended'),
  DroppedConnectionGone: dropped('connection_gone'),
  BusMessagesOut: counter('ws_bus_messages_total', BUS_HELP, { direction: 'out' }),
  BusMessagesIn: counter('ws_bus_messages_total', BUS_HELP, { direction: 'in' }),
  BusDoorbells: counter(
    'ws_bus_doorbells_total',
    'Times that a sleeping reactor was woken by this one.',
  ),
  BusLeases: series(
    'gauge',
    'ws_bus_leases',
    'Blocks of the slab that readers have not given back yet.',
  ),
  HandlerFaults: counter(
    'ws_handler_faults_total',
    'Handlers and listeners that threw or rejected.',
  ),
  PagesSent: counter('ws_pages_total', 'Requests that were answered with a page.'),
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
  RejectedUnfinished: rejected('unfinished'),
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

/**
 * The cell that counts connections ended with a close code: one for each code below 3000, one each
 * for 3xxx and 4xxx.
 */
export function closedMetric(code: number): number {
  const known = closedByCode[code];
  if (known !== undefined) return known;
  if (code >= 3000 && code <= 3999) return closedRegistered;
  return code >= 4000 && code <= 4999 ? closedPrivate : closedOther;
}

/** One histogram of a reactor, as it stands in its block and in `/metrics`. */
export interface HistogramDefinition {
  readonly metric: string;
  readonly help: string;
  /** Upper bounds of the buckets, inclusive, ascending; a last bucket has none. */
  readonly bounds: readonly number[];
}

/** The histograms of a reactor, by name: indexes into {@link HISTOGRAMS}. */
export const Histogram = { LoopDelay: 0, PublishLatency: 1, BatchRecords: 2 } as const;

/** Every histogram. The order is the layout of a reactor's block. */
export const HISTOGRAMS: readonly HistogramDefinition[] = [
  {
    metric: 'ws_loop_delay_seconds',
    help: 'How late a timer of the event loop fires.',
    bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  {
    metric: 'ws_publish_latency_seconds',
    help:
      'Time from a publish to the delivery on another reactor, of one publish in ' +
      `${PUBLISHES_PER_SAMPLE}, by the one that delivers.`,
    bounds: [
      5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.5,
      1,
    ],
  },
  {
    metric: 'ws_bus_batch_records',
    help: 'Records taken from a lane at a time.',
    bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  },
];

/** Every series, at the index of its cell. */
export const METRIC_SERIES: readonly SeriesDefinition[] = SERIES;

/**
 * Counters of one reactor. One thread writes; any thread may read, and sees each cell whole but not
 * several of one moment.
 */
export interface Metrics {
  /** Adds `amount` (a safe integer, negative only for a gauge) to a cell of {@link Metric}. */
  add(metric: number, amount: number): void;
  /** What a cell holds. */
  read(metric: number): number;
  /** Notes one value, 0 or more, in a histogram of {@link Histogram}. */
  observe(histogram: number, value: number): void;
}
