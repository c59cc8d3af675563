/** The metrics of a reactor: every counter, gauge and histogram, with its help text. */
import { CLOSE_CODE_TABLE } from './close-codes.js';

/**
 * One series of a reactor. A series has a cell in the reactor's block of shared memory and a line
 * in `/metrics`.
 */
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
 * One publish of this many carries the time at which it was made. The receiving reactor measures
 * {@link Histogram.PublishLatency} with that time.
 */
export const PUBLISHES_PER_SAMPLE = 64;

const MESSAGES_HELP = 'Messages from peers (in) and to peers (out).';
const BYTES_HELP = 'Payload bytes of messages from peers (in) and to peers (out).';
const DROPPED_HELP =
  'Messages lost, by reason. buffer_full: counted once per connection. lane_full, slab_full, ' +
  'too_long: counted by the publisher, once per target reactor. reactor_ended, connection_gone: ' +
  'counted by the target reactor.';
const BUS_HELP =
  'Messages between reactors, by direction. out: counted by the sender, once per target ' +
  'reactor. in: counted by the reactor that reads the message.';

const rejected = (reason: string): number =>
  counter('ws_upgrades_rejected_total', 'Handshakes refused, by reason.', { reason });
const dropped = (reason: string): number =>
  counter('ws_messages_dropped_total', DROPPED_HELP, { reason });
const closed = (code: string): number =>
  counter('ws_connections_closed_total', 'Connections closed, by close code.', { code });

/**
 * The cells of a reactor, by name. The order of the cells is the layout of the reactor's block. All
 * threads of a process run one build, so all of them know the same order.
 *
 * - `MessagesIn` counts messages that passed the limits.
 * - `MessagesOut` counts messages that a connection accepted (`Sent` or `Buffered`). A published
 *   message counts once per local subscriber, even if a full queue drops it afterwards.
 * - `MessageBytes...` counts the bytes of payloads only.
 * - `HandlerFaults` counts each call of `onFault`, and each listener of the application that
 *   failed.
 * - A `Rejected...` cell counts each refused handshake once. It also counts a request that is
 *   neither a handshake nor for a page.
 * - `PagesSent` counts a page when the reactor answers with it, even if the client does not read
 *   it.
 *
 * A message to other reactors counts once per target reactor, first at the publisher:
 *
 * - in `BusMessagesOut` if the lane took the message;
 * - in `DroppedTooLong` if the message is longer than any message between reactors may be;
 * - in `DroppedSlabFull` if the message is too long for the lane and the slab has no free block;
 * - in `DroppedLaneFull` if the lane is full, or if the message is too long for the lane and the
 *   target reactor has used up its share of the slab.
 *
 * A message that the lane took counts once more: in `BusMessagesIn` of the target reactor, or in
 * `DroppedReactorEnded` if the target reactor ended before it read the message.
 * `DroppedConnectionGone` counts messages to one connection that had closed before they arrived.
 */
export const Metric = {
  Connections: series('gauge', 'ws_connections', 'Open connections.'),
  ConnectionsOpened: counter('ws_connections_opened_total', 'Connections opened.'),
  MessagesIn: counter('ws_messages_total', MESSAGES_HELP, { direction: 'in' }),
  MessagesOut: counter('ws_messages_total', MESSAGES_HELP, { direction: 'out' }),
  MessageBytesIn: counter('ws_message_bytes_total', BYTES_HELP, { direction: 'in' }),
  MessageBytesOut: counter('ws_message_bytes_total', BYTES_HELP, { direction: 'out' }),
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
    'Number of times that this reactor woke a sleeping reactor.',
  ),
  BusLeases: series(
    'gauge',
    'ws_bus_leases',
    'Blocks of the slab of this reactor that other reactors hold.',
  ),
  HeldBytes: series(
    'gauge',
    'ws_held_bytes',
    'Bytes that unfinished messages, outbound queues and subscriptions of this reactor hold.',
  ),
  ConnectionsShed: counter(
    'ws_connections_shed_total',
    'Connections closed with 1013 because they held the most memory when the budget was full.',
  ),
  MemoryRefused: counter(
    'ws_memory_refused_total',
    'Requests for memory that the budget refused; each one cost a message or its connection.',
  ),
  MemoryReturned: counter(
    'ws_memory_returned_bytes_total',
    'Bytes outside of the JavaScript heap that this reactor gave back when it became quiet.',
  ),
  MemoryShort: series(
    'gauge',
    'ws_memory_short',
    '1 for ten seconds after the memory budget of this reactor was full, otherwise 0.',
  ),
  TakeoversDeclined: counter(
    'ws_compression_takeovers_declined_total',
    'Handshakes that agreed on compression without context takeover, for lack of maxContextBytes.',
  ),
  ContextsLost: counter(
    'ws_compression_contexts_lost_total',
    'Compressed messages in fragments that lost their context; their connections end with 1013.',
  ),
  HandlerFaults: counter(
    'ws_handler_faults_total',
    'Calls of handlers and listeners that threw an error or rejected.',
  ),
  PagesSent: counter('ws_pages_total', 'Requests answered with a page of the application.'),
  DescriptorShortages: counter(
    'ws_descriptor_shortages_total',
    'How often no file descriptor was left for a new connection.',
  ),
  PagesCut: counter(
    'ws_pages_cut_total',
    'Pages cut short because more connections were getting a page than maxPageConnections allows.',
  ),
  RejectedBadRequest: rejected('bad_request'),
  RejectedTooLarge: rejected('head_too_large'),
  RejectedVersion: rejected('version'),
  RejectedOrigin: rejected('origin'),
  RejectedHost: rejected('host'),
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
 * The cell that counts the connections closed with `code`. Each registered code below 3000 has a
 * cell of its own, 3000..3999 share one cell, 4000..4999 share another, and any other number counts
 * in the cell `other`.
 */
export function closedMetric(code: number): number {
  const known = closedByCode[code];
  if (known !== undefined) return known;
  if (code >= 3000 && code <= 3999) return closedRegistered;
  return code >= 4000 && code <= 4999 ? closedPrivate : closedOther;
}

/** One histogram of a reactor, in the reactor's block and in `/metrics`. */
export interface HistogramDefinition {
  readonly metric: string;
  readonly help: string;
  /** Inclusive upper bounds of the buckets, ascending. One more bucket has no upper bound. */
  readonly bounds: readonly number[];
}

/** The histograms of a reactor, by name: indexes into {@link HISTOGRAMS}. */
export const Histogram = { LoopDelay: 0, PublishLatency: 1, BatchRecords: 2 } as const;

/** Every histogram. The order is the layout of a reactor's block. */
export const HISTOGRAMS: readonly HistogramDefinition[] = [
  {
    metric: 'ws_loop_delay_seconds',
    help: 'Delay of a timer of the event loop: the time that the loop was busy or blocked.',
    bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  {
    metric: 'ws_publish_latency_seconds',
    help:
      'Time from a publish to its delivery on another reactor. ' +
      `One publish in ${PUBLISHES_PER_SAMPLE} is measured, by the reactor that delivers it.`,
    bounds: [
      5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.5,
      1,
    ],
  },
  {
    metric: 'ws_bus_batch_records',
    help: 'Messages of one other reactor that this reactor read in one batch.',
    bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  },
];

/** Every series. The index of a series is the index of its cell. */
export const METRIC_SERIES: readonly SeriesDefinition[] = SERIES;

/**
 * The counters of one reactor. One thread writes them, and any thread may read them. A reader sees
 * each cell whole, but two cells may be of different moments.
 */
export interface Metrics {
  /** Adds `amount` (a safe integer, negative only for a gauge) to a cell of {@link Metric}. */
  add(metric: number, amount: number): void;
  /** The value of a cell of {@link Metric}. */
  read(metric: number): number;
  /** Counts one value, 0 or more, in a histogram of {@link Histogram}. */
  observe(histogram: number, value: number): void;
}
