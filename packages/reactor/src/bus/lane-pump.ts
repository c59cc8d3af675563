/* Has a reactor read its lanes in each turn of its event loop. */
import { IdleStep, type IdleStrategy } from '@hioload/api';
import type { Sleeper } from '@hioload/pool';

/** What a pump is made from. */
export interface LanePumpParts {
  readonly idle: IdleStrategy;
  readonly sleeper: Sleeper;
  /** Whether there is work. The call only looks. */
  hasWork(): boolean;
  /**
   * Does a part of the work.
   * @returns how many pieces it did
   */
  work(): number;
}

/**
 * Does a piece of work in each turn of the event loop, as long as there is work or the idle
 * strategy looks for more. Then the pump sleeps until the doorbell rings. The event loop goes on
 * meanwhile: a sleeping pump only means that a writer has to ring.
 */
export class LanePump {
  readonly #parts: LanePumpParts;
  #next: NodeJS.Immediate | undefined;
  #isRunning = false;

  constructor(parts: LanePumpParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule();
  }

  /** Idempotent. */
  stop(): void {
    this.#isRunning = false;
    clearImmediate(this.#next);
    this.#parts.sleeper.wake();
  }

  readonly #turn = (): void => {
    if (!this.#isRunning) return;
    const { idle, sleeper, hasWork, work } = this.#parts;
    const step = idle.next(work());
    if (step === IdleStep.Again || !sleeper.arm(hasWork, this.#turn)) this.#schedule();
  };

  #schedule(): void {
    this.#next = setImmediate(this.#turn);
  }
}
