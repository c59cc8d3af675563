/** Logs the faults of handlers without flooding the log. */
import {
  causesOfThrown,
  codeOfThrown,
  type HioloadError,
  type Logger,
  stackOfThrown,
} from '@hioload/api';

const WINDOW_MS = 1_000;
/** Causes that are searched for a code, such as ECONNREFUSED behind `fetch failed`. */
const MAX_CAUSES = 8;
/**
 * Faults per window that are logged; further faults are counted. A handler that fails on every
 * message must not flood the log.
 */
const FAULTS_PER_WINDOW = 5;

/** Logs faults of handlers, at most a few a second. */
export class FaultLog {
  readonly #log: Logger;
  readonly #now: () => number;
  #windowEndsMs = 0;
  #inWindow = 0;
  #suppressed = 0;

  constructor(log: Logger, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  note(fault: HioloadError): void {
    const nowMs = this.#now();
    if (nowMs >= this.#windowEndsMs) {
      if (this.#suppressed > 0)
        this.#log.error(`${this.#suppressed} more handler faults were counted but not logged`);
      this.#windowEndsMs = nowMs + WINDOW_MS;
      this.#inWindow = 0;
      this.#suppressed = 0;
    }
    if (++this.#inWindow > FAULTS_PER_WINDOW) {
      this.#suppressed++;
      return;
    }
    const causeCode = [fault.cause, ...causesOfThrown(fault.cause, MAX_CAUSES)]
      .map(codeOfThrown)
      .find((code) => code !== undefined);
    this.#log.error(fault.message, {
      code: fault.code,
      ...(causeCode !== undefined && { causeCode }),
      stack: stackOf(fault),
    });
  }
}

/** The stack of the application, if there is one: the stack of the framework explains nothing. */
function stackOf(fault: HioloadError): string | undefined {
  return stackOfThrown(fault.cause) ?? stackOfThrown(fault);
}
