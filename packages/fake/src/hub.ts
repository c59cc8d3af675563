// Calls the hooks of the application for the fake transport, in order, and records their faults.
import {
  type Clock,
  type ConnectionHandlers,
  CloseCode,
  follow,
  HioloadError,
  Metric,
  type Topic,
  type TransportOptions,
  type WebSocketConn,
  silence,
  textOfThrown,
} from '@hioload/api';
import type { CapturedMessage } from './captured.js';
import type { FakeConn } from './conn.js';
import { FakeMessage } from './message.js';
import { Turns } from './turns.js';

/** The names of the hooks, and of the work of `cork`, as errors show them. */
type HookName = keyof ConnectionHandlers | 'cork';

/** One fault of a hook, as reported to `onFault`. */
export interface HookFault<Data> {
  /**
   * An error with the code `HIOLOAD_HANDLER_FAILED`, whose cause is the value that the hook threw,
   * or with the code `HIOLOAD_UPGRADE_INVALID`.
   */
  readonly error: HioloadError;
  /** Undefined for the upgrade hook. */
  readonly conn: WebSocketConn<Data> | undefined;
}

/** The state that all connections of one fake transport share. */
export class Hub<Data> {
  readonly options: TransportOptions<Data>;
  readonly clock: Clock;
  readonly turns = new Turns();
  /** Open connections, in the order in which they were opened. */
  readonly conns = new Set<FakeConn<Data>>();
  /** Gives up each handshake that waits for its hook. */
  readonly undecided = new Set<() => void>();
  /** The reported faults of hooks, oldest first. */
  readonly faults: HookFault<Data>[] = [];
  /** Subscribers by topic. */
  readonly #subscribers = new Map<Topic, number>();
  #nextConnId: number;
  #reportsLoss = false;

  constructor(options: TransportOptions<Data>, clock: Clock) {
    this.options = options;
    this.clock = clock;
    this.#nextConnId = options.firstConnId;
  }

  takeConnId(): number {
    return this.#nextConnId++;
  }

  /** Sends to all subscribers but one. @returns how many there were */
  deliver(topic: Topic, message: CapturedMessage, except?: FakeConn<Data>): number {
    // The list is copied, because a subscriber with a full queue may be cut during the loop.
    const subscribers = [...this.conns].filter((conn) => conn !== except && conn.topics.has(topic));
    for (const conn of subscribers) {
      this.countOut(message);
      conn.transmit(message);
    }
    return subscribers.length;
  }

  /** A connection has subscribed to a topic. */
  onSubscribed(topic: Topic): void {
    const subscribers = (this.#subscribers.get(topic) ?? 0) + 1;
    this.#subscribers.set(topic, subscribers);
    if (subscribers === 1) this.options.uplink?.topicGained(topic);
  }

  /** A connection has unsubscribed from a topic, or has ended. */
  onUnsubscribed(topic: Topic): void {
    const subscribers = this.#subscribers.get(topic)! - 1;
    this.#subscribers.set(topic, subscribers);
    if (subscribers > 0) return;
    this.#subscribers.delete(topic);
    this.options.uplink?.topicLost(topic);
  }

  countOut({ bytes }: CapturedMessage): void {
    this.options.metrics.add(Metric.MessagesOut, 1);
    this.options.metrics.add(Metric.MessageBytesOut, bytes.length);
  }

  /**
   * Tells the application about a lost message, but not about messages that it loses inside that
   * hook.
   */
  reportLost(conn: FakeConn<Data>, { bytes, isBinary }: CapturedMessage): void {
    this.options.metrics.add(Metric.DroppedBufferFull, 1);
    if (this.#reportsLoss) return;
    this.#reportsLoss = true;
    const message = new FakeMessage(bytes, { binary: isBinary });
    this.call('dropped', conn, () =>
      message.lend((lent) => this.options.handlers.dropped?.(conn, lent)),
    );
    this.#reportsLoss = false;
  }

  /** Calls a hook. If the hook throws or rejects, its connection ends. */
  call(hook: HookName, conn: FakeConn<Data>, work: () => unknown): void {
    try {
      this.watch(hook, conn, work());
    } catch (cause) {
      this.fault(hook, cause, conn);
    }
  }

  /** Watches what a hook returns, because the rejection of a promise is a fault of the hook. */
  watch(hook: HookName, conn: FakeConn<Data>, returned: unknown): void {
    follow(
      returned,
      () => undefined,
      (cause) => this.turns.run(() => this.fault(hook, cause, conn)),
    );
  }

  fault(hook: HookName, cause: unknown, conn: WebSocketConn<Data> | undefined): void {
    silence(cause);
    this.options.metrics.add(Metric.HandlerFaults, 1);
    conn?.end(CloseCode.InternalError);
    const error = toFault(hook, cause, conn);
    this.faults.push({ error, conn });
    this.options.onFault(error, conn);
  }
}

function toFault(hook: HookName, cause: unknown, conn: WebSocketConn | undefined): HioloadError {
  if (isInvalidDecision(cause)) return cause;
  const what = hook === 'cork' ? 'work in a cork' : `${hook} hook`;
  const where = conn === undefined ? '' : ` of connection ${conn.id}`;
  return new HioloadError(
    'HIOLOAD_HANDLER_FAILED',
    `the ${what}${where} failed: ${textOfThrown(cause)}`,
    { cause },
  );
}

/** Never throws, although the cause may be a proxy whose every property throws. */
function isInvalidDecision(cause: unknown): cause is HioloadError {
  try {
    return cause instanceof HioloadError && cause.code === 'HIOLOAD_UPGRADE_INVALID';
  } catch {
    return false;
  }
}
