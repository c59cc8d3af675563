/** Finds event loops that stand still, by their heartbeats. */
import type { Cancel, Clock } from '@hioload/api';
import type { ReactorThread } from './reactor-thread.js';

/** The time between two looks at the heartbeats, in milliseconds. */
const LOOK_MS = 200;
/**
 * A reactor is stalled after this number of looks without a beat. The watch counts looks and not
 * time, so that a paused machine raises no alarm.
 */
const STALLED_LOOKS = 3;

/** What a watch reports, and when. */
export interface StallEvents {
  /** The time after which a stalled reactor is at the limit, in milliseconds. */
  readonly limitMs: number;
  /** A reactor is stalled, or its event loop turns again. */
  onChange(thread: ReactorThread, stalled: boolean): void;
  /** A reactor has been stalled for the limit. Called once for each stall. */
  onLimit(thread: ReactorThread): void;
}

interface Pulse {
  readonly count: number;
  readonly looksWithoutBeat: number;
}

/**
 * Reads the heartbeats of the reactors in shared memory. It reports an event loop that stands still
 * within a second.
 */
export class StallWatch {
  readonly #clock: Clock;
  readonly #threads: () => Iterable<ReactorThread>;
  readonly #events: StallEvents;
  #pulses = new Map<ReactorThread, Pulse>();
  #cancel: Cancel | undefined;

  constructor(clock: Clock, threads: () => Iterable<ReactorThread>, events: StallEvents) {
    this.#clock = clock;
    this.#threads = threads;
    this.#events = events;
  }

  start(): void {
    this.#cancel = this.#clock.after(LOOK_MS, () => {
      this.look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** The time for which a reactor has been stalled, in milliseconds; 0 if it is not stalled. */
  stalledMs(thread: ReactorThread): number {
    return stalledMs(this.#pulses.get(thread));
  }

  /** Reads every heartbeat once. */
  look(): void {
    const pulses = new Map<ReactorThread, Pulse>();
    for (const thread of this.#threads()) {
      const count = thread.heartbeat?.count();
      if (count === undefined) continue;
      const last = this.#pulses.get(thread);
      const looksWithoutBeat = last?.count === count ? last.looksWithoutBeat + 1 : 0;
      pulses.set(thread, { count, looksWithoutBeat });
    }
    const before = this.#pulses;
    this.#pulses = pulses;
    for (const [thread, pulse] of pulses) {
      const [wasMs, isMs] = [stalledMs(before.get(thread)), stalledMs(pulse)];
      const { limitMs, onChange, onLimit } = this.#events;
      if (wasMs > 0 !== isMs > 0) onChange(thread, isMs > 0);
      if (wasMs < limitMs && isMs >= limitMs) onLimit(thread);
    }
  }
}

function stalledMs({ looksWithoutBeat }: Pulse = { count: 0, looksWithoutBeat: 0 }): number {
  return looksWithoutBeat < STALLED_LOOKS ? 0 : looksWithoutBeat * LOOK_MS;
}
