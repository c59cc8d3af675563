/** Reports lost messages and full memory budgets in the log, at most twice a minute. */
import {
  type Cancel,
  type Clock,
  type Logger,
  Metric,
  METRIC_SERIES,
  type Metrics,
} from '@hioload/api';

/** Time between two looks at the counters. */
const LOOK_MS = 5_000;
/** Least time between two lines, so that constant losses do not hide the other log lines. */
const LINE_EVERY_MS = 30_000;

/** The cells that count lost messages, each with its reason. */
const LOSSES = METRIC_SERIES.flatMap(({ metric, labels }, cell) =>
  metric === 'ws_messages_dropped_total' ? [{ cell, reason: labels['reason']! }] : [],
);

/** The cells that count what a full memory budget costs, each with its field in the log. */
const SHORTAGES = [
  { cell: Metric.ConnectionsShed, reason: 'connections closed' },
  { cell: Metric.MemoryRefused, reason: 'requests refused' },
];

/** The cells that count what compression has no memory for, each with its field in the log. */
const COMPRESSION_SHORTAGES = [
  { cell: Metric.TakeoversDeclined, reason: 'handshakes without context takeover' },
  { cell: Metric.ContextsLost, reason: 'unfinished messages ended' },
];

/** Logs how many messages were lost since the last line, by reason, and where memory was short. */
export class LossWatch {
  readonly #clock: Clock;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #read: () => Pick<Metrics, 'read'>;
  /** The counts that were logged already, by cell. */
  readonly #told = new Map<number, number>();
  #nextLineMs = 0;
  #cancel: Cancel | undefined;

  /** @param read the counters of all reactors, from the beginning on */
  constructor(clock: Clock, log: Pick<Logger, 'warn'>, read: () => Pick<Metrics, 'read'>) {
    this.#clock = clock;
    this.#log = log;
    this.#read = read;
  }

  start(): void {
    this.#cancel = this.#clock.after(LOOK_MS, () => {
      if (this.#clock.now() >= this.#nextLineMs) this.#look();
      this.start();
    });
  }

  /** Logs the losses that were not logged yet, and stops. */
  stop(): void {
    this.#cancel?.();
    this.#look();
  }

  #look(): void {
    const counters = this.#read();
    const lost = this.#news(counters, LOSSES);
    const short = this.#news(counters, SHORTAGES);
    const compression = this.#news(counters, COMPRESSION_SHORTAGES);
    if (lost.length === 0 && short.length === 0 && compression.length === 0) return;
    this.#nextLineMs = this.#clock.now() + LINE_EVERY_MS;
    if (lost.length > 0) {
      this.#log.warn(
        `messages were lost: ${listed(lost)} (ws_messages_dropped_total)`,
        Object.fromEntries(lost),
      );
    }
    if (short.length > 0) {
      this.#log.warn(
        `memory was short: ${listed(short)}; the limits are maxHeldBytes and ` +
          'maxHeldBytesPerAddress (ws_connections_shed_total, ws_memory_refused_total)',
        Object.fromEntries(short),
      );
    }
    if (compression.length > 0) {
      this.#log.warn(
        `compression had too little memory: ${listed(compression)}; the limit is maxContextBytes ` +
          '(ws_compression_takeovers_declined_total, ws_compression_contexts_lost_total)',
        Object.fromEntries(compression),
      );
    }
  }

  /** What the cells counted since the last line. */
  #news(
    counters: Pick<Metrics, 'read'>,
    cells: readonly { readonly cell: number; readonly reason: string }[],
  ): (readonly [reason: string, count: number])[] {
    return cells.flatMap(({ cell, reason }) => {
      const total = counters.read(cell);
      const count = total - (this.#told.get(cell) ?? 0);
      this.#told.set(cell, total);
      return count > 0 ? [[reason, count] as const] : [];
    });
  }
}

function listed(news: readonly (readonly [reason: string, count: number])[]): string {
  return news.map(([reason, count]) => `${count} ${reason}`).join(', ');
}
