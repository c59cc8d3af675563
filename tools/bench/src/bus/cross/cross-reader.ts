// Checks the messages that reach the far reactor, and measures their rate or latency.
import { quantile } from '../../core/statistics.js';
import type { CrossPlan, CrossResult } from './cross-messages.js';
import { checkMessage, nowNs, sentAt } from './cross-payload.js';

/** Checks the messages that reach the far reactor, and measures them. */
export class CrossReader {
  readonly #plan: CrossPlan;
  readonly #report: (result: CrossResult) => void;
  readonly #latencies: number[] = [];
  #due = 0;
  #startedAt = 0n;
  #isOver = false;

  /** @param report called once: after the last message, or with the first fault */
  constructor(plan: CrossPlan, report: (result: CrossResult) => void) {
    this.#plan = plan;
    this.#report = report;
  }

  /** Takes a message, which is valid during the call. */
  read(bytes: Uint8Array): void {
    if (this.#isOver) return;
    const { kind, messageBytes, messages, warmUp } = this.#plan;
    // The time is read before the check of the message, because the check is no part of the way.
    const readNs = kind === 'latency' ? nowNs() : 0;
    try {
      checkMessage(bytes, messageBytes, this.#due);
    } catch (error) {
      this.#end({ kind: 'fault', message: (error as Error).message });
      return;
    }
    if (kind === 'latency' && this.#due >= warmUp)
      this.#latencies.push((readNs - sentAt(bytes)) >>> 0);
    this.#due += 1;
    if (this.#due === warmUp) this.#startedAt = process.hrtime.bigint();
    else if (this.#due === messages) this.#end(this.#measured());
  }

  #measured(): CrossResult {
    const { kind, messages, warmUp } = this.#plan;
    if (kind === 'throughput') {
      const seconds = Number(process.hrtime.bigint() - this.#startedAt) / 1e9;
      return { kind, messagesPerSecond: (messages - warmUp) / seconds };
    }
    const ascending = this.#latencies.toSorted((a, b) => a - b);
    return { kind, medianNs: quantile(ascending, 0.5), p99Ns: quantile(ascending, 0.99) };
  }

  #end(result: CrossResult): void {
    this.#isOver = true;
    this.#report(result);
  }
}
