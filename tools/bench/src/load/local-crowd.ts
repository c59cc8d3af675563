// A crowd of subscribers on the calling thread.
import { openInBatches, sharedReadBuffer } from './client-socket.js';
import { CompletionCount } from './completion-count.js';
import type { Crowd } from './crowd.js';
import type { CrowdPlan } from './crowd-messages.js';
import { FanOutClient, fanOutClientOptions } from './fan-out-client.js';
import { FanOutTally } from './fan-out-tally.js';
import { FaultWatch } from './fault-watch.js';
import { LoadFault } from './load-fault.js';

/** The events of a crowd, for its owner. */
export interface CrowdEvents {
  /** All subscribers of the crowd have got more messages. */
  advanced(): void;
  failed(fault: Error): void;
}

/** The subscribers of the calling thread. */
export class LocalCrowd implements Crowd {
  readonly #plan: CrowdPlan;
  readonly #events: CrowdEvents;
  readonly #tally: FanOutTally;
  readonly #count: CompletionCount;
  readonly #subscribers: FanOutClient[] = [];
  #settled: (() => void) | undefined;

  constructor(plan: CrowdPlan, events: CrowdEvents) {
    this.#plan = plan;
    this.#events = events;
    this.#tally = FanOutTally.attach(plan.tally);
    this.#count = new CompletionCount(plan.load.inFlight, plan.subscribers);
  }

  connect(deadlineMs: number): Promise<void> {
    const { load, first, subscribers } = this.#plan;
    const options = fanOutClientOptions(load, sharedReadBuffer(), this.#tally);
    const opening = openInBatches(subscribers, (index) => {
      const subscriber = new FanOutClient(`subscriber ${first + index}`, options, {
        received: (messages) => this.#received(index, messages),
        failed: (fault) => this.#events.failed(fault),
      });
      this.#subscribers.push(subscriber);
      return subscriber.open;
    });
    const late = (): LoadFault =>
      new LoadFault(`not all of subscribers ${first} to ${first + subscribers - 1} are connected`);
    return new FaultWatch().within(opening, deadlineMs, late);
  }

  settle(deadlineMs: number): Promise<void> {
    const settled = new Promise<void>((resolve) => {
      this.#settled = resolve;
      this.#tellIfSettled();
    });
    return new FaultWatch().within(settled, deadlineMs, (late) => {
      try {
        for (const subscriber of this.#subscribers) subscriber.assertSettled(late);
      } catch (fault) {
        return fault as LoadFault;
      }
      return new LoadFault(late);
    });
  }

  close(): void {
    for (const subscriber of this.#subscribers) subscriber.close();
  }

  #received(subscriber: number, messages: number): void {
    const { thread } = this.#plan;
    this.#tally.reached(thread, messages);
    const complete = this.#count.received(subscriber, messages);
    if (complete === 0) return;
    this.#tally.completed(thread, complete);
    this.#events.advanced();
    this.#tellIfSettled();
  }

  #tellIfSettled(): void {
    if (this.#tally.completeOn(this.#plan.thread) === this.#tally.sent) this.#settled?.();
  }
}
