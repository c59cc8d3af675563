/** Reports lost messages in the log, at most twice a minute. */
import { type Cancel, type Clock, type Logger, METRIC_SERIES, type Metrics } from '@hioload/api';

/** Time between two looks at the counters. */
const LOOK_MS = 5_000;
/** Least time between two lines, so that constant losses do not hide the other log lines. */
const LINE_EVERY_MS = 30_000;

/** The cells that count lost messages, each with its reason. */
const LOSSES = METRIC_SERIES.flatMap(({ metric, labels }, cell) =>
  metric === 'ws_messages_dropped_total' ? [{ cell, reason: labels['reason']! }] : [],
);

/** Logs how many messages were lost since the last line, by reason. */
export class LossWatch {
  readonly #clock: Clock;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #read: () => Pick<Metrics, 'read'>;
  /** The counts that were logged already, in the order of {@link LOSSES}. */
  #told: readonly number[] = LOSSES.map(() => 0);
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
    const counts = LOSSES.map(({ cell }) => counters.read(cell));
    const lost = LOSSES.flatMap(({ reason }, i) => {
      const count = counts[i]! - this.#told[i]!;
      return count > 0 ? [[reason, count] as const] : [];
    });
    if (lost.length === 0) return;
    this.#told = counts;
    this.#nextLineMs = this.#clock.now() + LINE_EVERY_MS;
    const list = lost.map(([reason, count]) => `${count} ${reason}`).join(', ');
    this.#log.warn(
      `messages were lost: ${list} (ws_messages_dropped_total)`,
      Object.fromEntries(lost),
    );
  }
}
