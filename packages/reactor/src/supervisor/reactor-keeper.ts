/** Keeps one place filled: starts a reactor there, and a successor for a reactor that fails. */
import {
  type Clock,
  CloseCode,
  type DrainOptions,
  type Logger,
  Metric,
  type ReactorPlace,
  ReactorState,
  stackOfThrown,
  textOfThrown,
} from '@hioload/api';
import { type AdmissionTable, type Heartbeat, MetricsTotals } from '@hioload/pool';
import type { Backoff } from '../backoff.js';
import { ROWS_PER_REACTOR } from '../bus/seat.js';
import type { BusMembers } from './bus-members.js';
import type { ReactorEnd, ReactorThread, ReactorThreadEvents } from './reactor-thread.js';

/** The time that peers have to read the close frames of a replaced reactor, in milliseconds. */
const LINGER_MS = 2_000;

/** The events of a thread that a keeper handles. */
export type ReactorKeeperEvents = Pick<ReactorThreadEvents, 'onHeapPressure'>;

/** The parts that a keeper is made of. */
export interface ReactorKeeperParts {
  readonly place: ReactorPlace;
  /** Whether the reactor is bound to the CPUs of its place. */
  readonly pinned: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly backoff: Backoff;
  readonly admission: AdmissionTable;
  readonly bus: Pick<BusMembers, 'leave'>;
  /** Heap of a reactor, in MiB. */
  readonly heapMb: number;
  /** The times of the drain of a reactor that is replaced because its heap is nearly full. */
  readonly drain: Pick<DrainOptions, 'spreadMs' | 'deadlineMs'>;
  /** Starts a thread for this keeper. @throws HIOLOAD_AFFINITY_FAILED */
  spawn(port: number, life: number, row: number, events: ReactorKeeperEvents): ReactorThread;
  /** Checks that a thread runs on its CPUs. @throws HIOLOAD_AFFINITY_FAILED */
  verify(thread: ReactorThread): void;
}

/**
 * Keeps a reactor running in one place of the machine. If the reactor fails, the keeper
 * starts a successor after a backoff. If the heap of the reactor is nearly full, the keeper starts
 * the successor at once, beside the reactor.
 */
export class ReactorKeeper {
  readonly place: ReactorPlace;
  readonly #parts: ReactorKeeperParts;
  /** The counters of the reactors that this keeper has seen end. */
  readonly #past = new MetricsTotals();
  readonly #live = new Set<ReactorThread>();
  #current: ReactorThread | undefined;
  /** The port of every successor. Undefined until the first reactor is ready. */
  #port: number | undefined;
  #lives = 0;
  #readySinceMs: number | undefined;
  #wanted = true;
  #replacing = false;
  #lastError: string | undefined;

  constructor(parts: ReactorKeeperParts) {
    this.place = parts.place;
    this.#parts = parts;
  }

  /** The newest reactor in this place. Undefined while none runs. */
  get current(): ReactorThread | undefined {
    return this.#current;
  }

  get state(): ReactorState {
    return this.#current?.state ?? (this.#wanted ? ReactorState.Failed : ReactorState.Stopped);
  }

  /** The number of successors that were started. */
  get restarts(): number {
    return Math.max(0, this.#lives - 1);
  }

  /** The error of the last reactor that failed in this place. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** The threads that have not ended. */
  get threads(): ReadonlySet<ReactorThread> {
    return this.#live;
  }

  /** The heartbeats of the live threads. An entry is undefined until its thread has reported. */
  heartbeats(): (Heartbeat | undefined)[] {
    return [...this.#live].map(({ heartbeat }) => heartbeat);
  }

  /** The counters of all past and present reactors of this place. */
  totals(): MetricsTotals {
    const totals = new MetricsTotals().plus(this.#past);
    for (const { metrics } of this.#live) if (metrics !== undefined) totals.include(metrics);
    return totals;
  }

  /**
   * Starts the first reactor. Resolves with its port.
   * @throws the error of the reactor (as a rejection); the keeper then starts no successor
   */
  async start(port: number): Promise<number> {
    const listening = await this.#serve(this.#launch(port));
    // A transport may have no port: its successors are told the port that was asked for, too.
    this.#port = port === 0 ? listening : port;
    return listening;
  }

  /** Drains every reactor. The keeper starts no successor any more. */
  async drain(options: DrainOptions): Promise<void> {
    this.#wanted = false;
    await Promise.all([...this.#live].map((thread) => thread.drain(options)));
  }

  /** Ends every thread. The keeper starts no successor any more. */
  async stop(): Promise<void> {
    this.#wanted = false;
    await Promise.all([...this.#live].map((thread) => thread.stop()));
  }

  /** Waits until a reactor is ready, and checks that it runs on its CPUs. */
  async #serve(thread: ReactorThread): Promise<number> {
    const listening = await thread.ready;
    const { clock, log, verify, place, pinned } = this.#parts;
    verify(thread);
    this.#readySinceMs = clock.now();
    const { reactor, cpus } = place;
    const { restarts } = this;
    log.info(`reactor ${reactor} ready${restarts > 0 ? ' again' : ''}`, {
      reactor,
      threadId: thread.threadId,
      // A reactor that is not pinned runs on any CPU, whatever the plan is.
      ...(pinned && { cpus }),
      loop: thread.loop,
      restarts,
    });
    this.#compareHeap(thread);
    return listening;
  }

  /** Warns once where V8 grants another heap than the plan gives the reactor. */
  #compareHeap({ heapMb: granted }: ReactorThread): void {
    const { heapMb, log } = this.#parts;
    if (granted === undefined || Math.abs(granted - heapMb) <= 1 || this.restarts > 0) return;
    const { reactor } = this.place;
    log.warn(
      `reactor ${reactor}: V8 grants a heap of ${granted} MiB, not ${heapMb} MiB as planned; ` +
        'look for flags of V8 in NODE_OPTIONS',
      { reactor, grantedMb: granted, plannedMb: heapMb },
    );
  }

  /** @throws HIOLOAD_AFFINITY_FAILED */
  #launch(port: number): ReactorThread {
    const row = this.#freeRow();
    let thread: ReactorThread;
    try {
      thread = this.#parts.spawn(port, this.#lives++, row, {
        onHeapPressure: (pressed, usedBytes) => void this.#replace(pressed, usedBytes),
      });
    } catch (error) {
      // It had a seat, but no thread.
      this.#parts.bus.leave(row);
      throw error;
    }
    this.#live.add(thread);
    this.#current = thread;
    void thread.ended.then((end) => this.#onEnd(end));
    return thread;
  }

  #onEnd({ thread, error }: ReactorEnd): void {
    this.#live.delete(thread);
    if (thread.metrics !== undefined) this.#past.includeEnded(thread.metrics);
    this.#parts.admission.clear(thread.row);
    this.#past.count(Metric.DroppedReactorEnded, this.#parts.bus.leave(thread.row));
    if (error !== undefined) this.#lastError = error.message;
    if (thread !== this.#current) return;
    this.#current = undefined;
    // Before the first reactor is ready, the whole start fails, and the supervisor reports it.
    if (error === undefined || this.#port === undefined) return;
    const { clock, log, backoff } = this.#parts;
    const ranMs = this.#readySinceMs === undefined ? 0 : clock.now() - this.#readySinceMs;
    this.#readySinceMs = undefined;
    const { reactor } = this.place;
    if (!this.#wanted)
      return log.error(`reactor ${reactor} failed`, { reactor, stack: stackOf(error) });
    this.#startAgain(error, backoff.nextMs(ranMs));
  }

  #startAgain(error: Error, delayMs: number): void {
    const { clock, log } = this.#parts;
    const { reactor } = this.place;
    // Some messages begin with the name of the reactor already.
    const reason = error.message.replace(/^reactor \d+: /, '');
    log.error(`reactor ${reactor} failed and starts again in ${delayMs} ms: ${reason}`, {
      reactor,
      stack: stackOf(error),
    });
    clock.after(delayMs, () => void this.#restart());
  }

  async #restart(): Promise<void> {
    if (!this.#wanted || this.#port === undefined) return;
    const { reactor } = this.place;
    let thread: ReactorThread;
    try {
      thread = this.#launch(this.#port);
    } catch (cause) {
      // There is no thread whose end would start another one.
      const error = cause instanceof Error ? cause : new Error(textOfThrown(cause));
      this.#lastError = error.message;
      return this.#startAgain(error, this.#parts.backoff.nextMs(0));
    }
    try {
      await this.#serve(thread);
    } catch (error) {
      // If the thread has ended, `#onEnd` has logged the error and scheduled the next start.
      if (this.#current !== undefined) this.#parts.log.error((error as Error).message, { reactor });
    }
  }

  /**
   * Drains a reactor and starts its successor at the same time. The connections of the reactor fill
   * the heap, so there may be no time to wait until the successor is ready.
   */
  async #replace(pressed: ReactorThread, usedBytes: number): Promise<void> {
    if (!this.#wanted || this.#replacing || pressed !== this.#current) return;
    this.#replacing = true;
    const { log, drain, clock, heapMb } = this.#parts;
    const { reactor } = this.place;
    const usedMb = Math.round(usedBytes / 1_048_576);
    const heap = `${usedMb} MiB of its heap of ${pressed.heapMb ?? heapMb} MiB are in use`;
    log.warn(`reactor ${reactor} is replaced: ${heap}`, { reactor, usedBytes });
    const drained = pressed.drain({
      ...drain,
      code: CloseCode.ServiceRestart,
      reason: 'reactor restarts',
    });
    await Promise.all([drained, this.#restart()]);
    await new Promise<void>((resolve) => clock.after(LINGER_MS, resolve));
    await pressed.stop();
    this.#replacing = false;
  }

  #freeRow(): number {
    const first = this.place.reactor * ROWS_PER_REACTOR;
    const taken = new Set([...this.#live].map((thread) => thread.row));
    return taken.has(first) ? first + 1 : first;
  }
}

/** The stack of the application, if there is one: the stack of the framework explains less. */
function stackOf(error: Error): string | undefined {
  return stackOfThrown(error.cause) ?? error.stack;
}
