// The fan-out load: one client publishes, all others receive.
import { Doorbells, type Sleeper } from '@hioload/pool';
import { evenShares } from '../core/even-shares.js';
import { sharedReadBuffer } from './client-socket.js';
import type { Crowd } from './crowd.js';
import type { CrowdPlan } from './crowd-messages.js';
import { CrowdThread } from './crowd-thread.js';
import { SURPLUS_WATCH_MS } from './echo-generator.js';
import { FanOutClient, fanOutClientOptions } from './fan-out-client.js';
import type { FanOutLoad } from './fan-out-load.js';
import { FanOutTally } from './fan-out-tally.js';
import { FaultWatch } from './fault-watch.js';
import { LoadFault } from './load-fault.js';
import type { LoadGenerator } from './load-generator.js';
import { LocalCrowd } from './local-crowd.js';

/** A publisher must get no message. */
const NOTHING_SENT = { sent: 0 };

/**
 * One client publishes, and the other clients get the messages. A message is in flight until the
 * last subscriber has it. For each message that leaves the flight, the publisher sends the next
 * one, so the slowest subscriber sets the pace and no queue grows. Several threads share the
 * subscribers. The thread of the publisher is the first of them.
 */
export class FanOutGenerator implements LoadGenerator {
  readonly #load: FanOutLoad;
  readonly #watch = new FaultWatch();
  readonly #tally: FanOutTally;
  readonly #crowds: readonly Crowd[];
  /** Rung by the other threads; null where there are none. */
  readonly #sleeper: Sleeper | null;
  #publisher: FanOutClient | null = null;
  /** The number of complete messages at the last look. */
  #complete = 0;
  #isSending = false;
  #isClosed = false;

  constructor(load: FanOutLoad) {
    this.#load = load;
    const shares = evenShares(load.subscribers, Math.min(load.threads, load.subscribers));
    this.#tally = FanOutTally.create(shares.length);
    const bells = Doorbells.create(1);
    this.#sleeper = shares.length > 1 ? bells.sleeper(0) : null;
    const failed = (fault: Error): void => this.#watch.fail(fault);
    let first = 0;
    this.#crowds = shares.map((subscribers, thread) => {
      const plan: CrowdPlan = { load, thread, first, subscribers, tally: this.#tally.memory };
      first += subscribers;
      if (thread > 0) return new CrowdThread({ plan, bells: bells.region }, failed);
      return new LocalCrowd(plan, { advanced: this.#advance, failed });
    });
  }

  get received(): number {
    return this.#tally.received;
  }

  async connect(deadlineMs: number): Promise<void> {
    await this.#watch.during(Promise.all(this.#crowds.map((crowd) => crowd.connect(deadlineMs))));
    // The publisher connects last, so every subscriber listens when it may send. A message to the
    // publisher is a fault, because it must get none.
    this.#publisher = new FanOutClient(
      'the publisher',
      fanOutClientOptions(this.#load, sharedReadBuffer(), NOTHING_SENT),
      { received: () => {}, failed: (fault) => this.#watch.fail(fault) },
    );
    const late = (): LoadFault => new LoadFault('the publisher is not connected');
    await this.#watch.within(this.#publisher.open, deadlineMs, late);
  }

  start(): void {
    this.#isSending = true;
    this.#publish(this.#load.inFlight);
    this.#listen();
  }

  run(durationMs: number): Promise<void> {
    return this.#watch.run(durationMs);
  }

  async settle(deadlineMs: number): Promise<void> {
    this.#isSending = false;
    await this.#watch.during(Promise.all(this.#crowds.map((crowd) => crowd.settle(deadlineMs))));
    await this.run(SURPLUS_WATCH_MS);
  }

  close(): void {
    this.#isClosed = true;
    for (const crowd of this.#crowds) crowd.close();
    this.#publisher?.close();
  }

  #publish(messages: number): void {
    this.#tally.send(messages);
    this.#publisher?.send(messages);
  }

  readonly #advance = (): void => {
    const { complete } = this.#tally;
    const more = complete - this.#complete;
    this.#complete = complete;
    if (more > 0 && this.#isSending) this.#publish(more);
  };

  readonly #hasNews = (): boolean => this.#tally.complete > this.#complete;

  /** Counts the messages that the subscribers of other threads have got. */
  readonly #listen = (): void => {
    if (this.#sleeper === null || this.#isClosed) return;
    do this.#advance();
    while (!this.#sleeper.arm(this.#hasNews, this.#listen));
  };
}
