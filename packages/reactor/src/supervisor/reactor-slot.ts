/** The place of one reactor, which the supervisor keeps filled. */
import {
  type Clock,
  CloseCode,
  type DrainOptions,
  type Logger,
  Metric,
  type ReactorPlace,
  ReactorState,
} from '@hioload/api';
import { type AdmissionTable, type Heartbeat, MetricsTotals } from '@hioload/pool';
import type { Backoff } from '../backoff.js';
import { ROWS_PER_SLOT } from '../bus/seat.js';
import type { BusMembers } from './bus-members.js';
import type { ReactorEnd, ReactorThread, ReactorThreadEvents } from './reactor-thread.js';

/** Time that the peers of a replaced reactor get to read its close frames, in milliseconds. */
const LINGER_MS = 2_000;

/** What a slot wants to hear of a thread. */
export type ReactorSlotEvents = Pick<ReactorThreadEvents, 'onHeapPressure'>;

/** What a slot works with. */
export interface ReactorSlotParts {
  readonly place: ReactorPlace;
  readonly clock: Clock;
  readonly log: Logger;
  readonly backoff: Backoff;
  readonly admission: AdmissionTable;
  readonly bus: Pick<BusMembers, 'leave'>;
  /** Heap of a reactor, in MiB. */
  readonly heapMb: number;
  /** How a reactor lets go when it is replaced because its heap fills up. */
  readonly drain: Pick<DrainOptions, 'spreadMs' | 'deadlineMs'>;
  /** Starts a thread for this slot. @throws HIOLOAD_AFFINITY_FAILED */
  spawn(port: number, life: number, row: number, events: ReactorSlotEvents): ReactorThread;
  /** Checks that a thread runs where it should. @throws HIOLOAD_AFFINITY_FAILED */
  verify(thread: ReactorThread): void;
}

/**
 * The place of one reactor on the machine, kept filled: a reactor that dies is replaced after a
 * backoff, one whose heap fills up by a successor that starts beside it.
 */
export class ReactorSlot {
  readonly place: ReactorPlace;
  readonly #parts: ReactorSlotParts;
  /** Counters of the reactors that have ended here. */
  readonly #past = new MetricsTotals();
  readonly #live = new Set<ReactorThread>();
  #current: ReactorThread | undefined;
  /** The port to start on again, once the first reactor was ready. */
  #port: number | undefined;
  #lives = 0;
  #readySinceMs: number | undefined;
  #wanted = true;
  #replacing = false;
  #lastError: string | undefined;

  constructor(parts: ReactorSlotParts) {
    this.place = parts.place;
    this.#parts = parts;
  }

  /** The reactor that serves here, if there is one. */
  get current(): ReactorThread | undefined {
    return this.#current;
  }

  get state(): ReactorState {
    return this.#current?.state ?? (this.#wanted ? ReactorState.Failed : ReactorState.Stopped);
  }

  /** How often a reactor was started here again. */
  get restarts(): number {
    return Math.max(0, this.#lives - 1);
  }

  /** What the last reactor that failed here died of. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Threads that have not ended. */
  get liveThreads(): number {
    return this.#live.size;
  }

  /** The heartbeats of the threads that have not ended; undefined where a thread has not told. */
  heartbeats(): (Heartbeat | undefined)[] {
    return [...this.#live].map(({ heartbeat }) => heartbeat);
  }

  /** Counters over all reactors that ran here. */
  totals(): MetricsTotals {
    const totals = new MetricsTotals().plus(this.#past);
    for (const { metrics } of this.#live) if (metrics !== undefined) totals.include(metrics);
    return totals;
  }

  /**
   * Starts the first reactor; resolves with its port.
   * @throws what the reactor failed with (as a rejection); it is not replaced then
   */
  async start(port: number): Promise<number> {
    this.#port = await this.#serve(port);
    return this.#port;
  }

  /** Lets go of every connection; nothing is replaced any more. */
  async drain(options: DrainOptions): Promise<void> {
    this.#wanted = false;
    await Promise.all([...this.#live].map((thread) => thread.drain(options)));
  }

  /** Ends every thread; nothing is replaced any more. */
  async stop(): Promise<void> {
    this.#wanted = false;
    await Promise.all([...this.#live].map((thread) => thread.stop()));
  }

  /** Starts a reactor and waits until it is ready, on the CPUs that it was meant for. */
  async #serve(port: number): Promise<number> {
    const thread = this.#launch(port);
    const listening = await thread.ready;
    const { clock, log, verify, place } = this.#parts;
    verify(thread);
    this.#readySinceMs = clock.now();
    const { reactor, cpus } = place;
    const { restarts } = this;
    log.info(`reactor ${reactor} ready${restarts > 0 ? ' again' : ''}`, {
      reactor,
      threadId: thread.threadId,
      cpus,
      restarts,
    });
    return listening;
  }

  #launch(port: number): ReactorThread {
    const thread = this.#parts.spawn(port, this.#lives++, this.#freeRow(), {
      onHeapPressure: (pressed, usedBytes) => void this.#replace(pressed, usedBytes),
    });
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
    // Before the first reactor was ready the start as a whole fails, and the supervisor says so.
    if (error === undefined || this.#port === undefined) return;
    const { clock, log, backoff } = this.#parts;
    const ranMs = this.#readySinceMs === undefined ? 0 : clock.now() - this.#readySinceMs;
    this.#readySinceMs = undefined;
    const { reactor } = this.place;
    if (!this.#wanted)
      return log.error(`reactor ${reactor} failed`, { reactor, stack: error.stack });
    const delayMs = backoff.nextMs(ranMs);
    // Some errors name the reactor themselves.
    const reason = error.message.replace(/^reactor \d+: /, '');
    log.error(`reactor ${reactor} failed and starts again in ${delayMs} ms: ${reason}`, {
      reactor,
      stack: error.stack,
    });
    clock.after(delayMs, () => void this.#restart());
  }

  async #restart(): Promise<void> {
    if (!this.#wanted || this.#port === undefined) return;
    const { reactor } = this.place;
    try {
      await this.#serve(this.#port);
    } catch (error) {
      // Where its thread ended, `#onEnd` has said so and scheduled the next start.
      if (this.#current !== undefined) this.#parts.log.error((error as Error).message, { reactor });
    }
  }

  /**
   * Lets a reactor go and starts its successor, both at once: what fills the heap comes from its
   * connections, so that there may be no time to wait for a successor to serve.
   */
  async #replace(pressed: ReactorThread, usedBytes: number): Promise<void> {
    if (!this.#wanted || this.#replacing || pressed !== this.#current) return;
    this.#replacing = true;
    const { log, drain, clock, heapMb } = this.#parts;
    const { reactor } = this.place;
    const usedMb = Math.round(usedBytes / 1_048_576);
    const heap = `${usedMb} MiB of its heap of ${heapMb} MiB are in use`;
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
    const first = this.place.reactor * ROWS_PER_SLOT;
    const taken = new Set([...this.#live].map((thread) => thread.row));
    return taken.has(first) ? first + 1 : first;
  }
}
