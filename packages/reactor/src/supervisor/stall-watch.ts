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
  readonly #onChange: (thread: ReactorThread, stalled: boolean) => void;
  #pulses = new Map<ReactorThread, Pulse>();
  #cancel: Cancel | undefined;

  constructor(
    clock: Clock,
    threads: () => Iterable<ReactorThread>,
    onChange: (thread: ReactorThread, stalled: boolean) => void,
  ) {
    this.#clock = clock;
    this.#threads = threads;
    this.#onChange = onChange;
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

  isStalled(thread: ReactorThread): boolean {
    return isStalled(this.#pulses.get(thread));
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
      const stalled = isStalled(pulse);
      if (stalled !== isStalled(before.get(thread))) this.#onChange(thread, stalled);
    }
  }
}

function isStalled(pulse: Pulse | undefined): boolean {
  return (pulse?.looksWithoutBeat ?? 0) >= STALLED_LOOKS;
}
