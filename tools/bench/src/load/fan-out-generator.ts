import { openInBatches, sharedReadBuffer, type Target } from './client-socket.js';
import { type DialectName, DIALECTS } from './dialect.js';
import { SURPLUS_WATCH_MS } from './echo-generator.js';
import { FanOutClient } from './fan-out-client.js';
import { FaultWatch } from './fault-watch.js';
import { InFlightCount } from './in-flight-count.js';
import { LoadFault } from './load-fault.js';
import type { LoadGenerator } from './load-generator.js';
import { prepareCycle } from './message-cycle.js';

export interface FanOutLoad extends Omit<Target, 'path'> {
  readonly dialect: DialectName;
  /** What stands behind the path of the dialect, such as `?room=1`. */
  readonly query: string;
  readonly subscribers: number;
  readonly payloadBytes: number;
  /** Messages that were sent and that some subscriber has not got yet, at most. */
  readonly inFlight: number;
}

/**
 * One client publishes, the others get what it sends. A message is in flight until the last of them has it, and for each
 * that is no longer the next one is sent: whoever is slow sets the pace, and no queue grows.
 */
export class FanOutGenerator implements LoadGenerator {
  readonly #load: FanOutLoad;
  readonly #subscribers: FanOutClient[] = [];
  readonly #watch = new FaultWatch();
  readonly #count: InFlightCount;
  #publisher: FanOutClient | null = null;
  #received = 0;
  #isSending = false;
  #allSettled: () => void = () => {};

  constructor(load: FanOutLoad) {
    this.#load = load;
    this.#count = new InFlightCount(load.inFlight, load.subscribers);
  }

  get received(): number {
    return this.#received;
  }

  async connect(deadlineMs: number): Promise<void> {
    const { host, port, dialect, query, subscribers, payloadBytes, inFlight } = this.#load;
    const { path } = DIALECTS[dialect];
    const client = {
      target: { host, port, path: path + query },
      dialect: DIALECTS[dialect],
      cycle: prepareCycle(0, payloadBytes, inFlight, DIALECTS[dialect]),
      shared: sharedReadBuffer(),
    };
    const failed = (fault: Error): void => this.#watch.fail(fault);
    const open = async (): Promise<void> => {
      await openInBatches(subscribers, (index) => {
        const received = (messages: number): void => this.#advance(index, messages);
        const subscriber = new FanOutClient(`subscriber ${index}`, client, { received, failed });
        this.#subscribers.push(subscriber);
        return subscriber.open;
      });
      // The last to come: when it may send, everybody listens. What it gets itself is a fault, for nothing is due to it.
      this.#publisher = new FanOutClient('the publisher', client, { received: () => {}, failed });
      await this.#publisher.open;
    };
    const late = (): LoadFault => new LoadFault(`not all ${subscribers} subscribers and the publisher are connected`);
    await this.#watch.within(open(), deadlineMs, late);
  }

  start(): void {
    this.#isSending = true;
    this.#publish(this.#load.inFlight);
  }

  run(durationMs: number): Promise<void> {
    return this.#watch.run(durationMs);
  }

  async settle(deadlineMs: number): Promise<void> {
    this.#isSending = false;
    const allSettled = new Promise<void>((resolve) => {
      this.#allSettled = resolve;
    });
    if (this.#count.inFlight === 0) this.#allSettled();
    await this.#watch.within(allSettled, deadlineMs, (late) => {
      try {
        for (const subscriber of this.#subscribers) subscriber.assertSettled(late);
      } catch (fault) {
        return fault as LoadFault;
      }
      return new LoadFault(late);
    });
    await this.run(SURPLUS_WATCH_MS);
  }

  close(): void {
    for (const subscriber of this.#subscribers) subscriber.close();
    this.#publisher?.close();
  }

  #publish(messages: number): void {
    this.#count.sent(messages);
    for (const subscriber of this.#subscribers) subscriber.expect(messages);
    this.#publisher?.send(messages);
  }

  #advance(subscriber: number, messages: number): void {
    this.#received += messages;
    const complete = this.#count.received(subscriber, messages);
    if (complete === 0) return;
    if (this.#isSending) this.#publish(complete);
    else if (this.#count.inFlight === 0) this.#allSettled();
  }
}
