// Keeps the first fault of a run until the next step of the run throws it.
import type { LoadFault } from './load-fault.js';

/** Keeps the first fault of a run. The present step of the run throws it, or else the next step. */
export class FaultWatch {
  readonly #fault: Promise<never>;
  #fail: (fault: Error) => void = () => {};

  constructor() {
    this.#fault = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Between two steps nobody awaits the promise. Its rejection must not count as unhandled: the
    // next step awaits the promise and throws the fault.
    this.#fault.catch(() => {});
  }

  /** Notes a fault. Only the first fault is kept. */
  fail(fault: Error): void {
    this.#fail(fault);
  }

  /** Lets time pass. @throws LoadFault */
  async run(durationMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, durationMs);
    });
    await this.during(over).finally(() => clearTimeout(timer));
  }

  /**
   * Waits for `work`, which must end by itself.
   * @throws LoadFault
   */
  async during(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, this.#fault]);
  }

  /**
   * Waits for `work`, but not for ever.
   * @param onLate says what is missing if `work` takes too long
   * @throws LoadFault
   */
  async within(
    work: Promise<void>,
    deadlineMs: number,
    onLate: (late: string) => LoadFault,
  ): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(onLate(`nothing came for ${deadlineMs / 1000} s`)),
        deadlineMs,
      );
    });
    await this.during(Promise.race([work, late])).finally(() => clearTimeout(timer));
  }
}
