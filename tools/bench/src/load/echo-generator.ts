// The echo load of one process: its connections, and the count of answers.
import { openInBatches, sharedReadBuffer } from './client-socket.js';
import { EchoConnection, type EchoTarget } from './echo-connection.js';
import { FaultWatch } from './fault-watch.js';
import { LoadFault } from './load-fault.js';
import type { LoadGenerator } from './load-generator.js';

/** How long a client waits after the last expected answer for answers that nobody asked for. */
export const SURPLUS_WATCH_MS = 20;

export interface EchoLoad extends EchoTarget {
  readonly connections: number;
  /** Number of the first connection in the run. Several generators may share one run. */
  readonly firstConnection: number;
}

/** Clients of an echo server. */
export class EchoGenerator implements LoadGenerator {
  readonly #load: EchoLoad;
  readonly #connections: EchoConnection[] = [];
  readonly #watch = new FaultWatch();
  #received = 0;
  #unsettled = 0;
  #allSettled: () => void = () => {};

  constructor(load: EchoLoad) {
    this.#load = load;
  }

  get received(): number {
    return this.#received;
  }

  async connect(deadlineMs: number): Promise<void> {
    const { connections, firstConnection } = this.#load;
    const shared = sharedReadBuffer();
    const events = {
      echoed: (messages: number) => {
        this.#received += messages;
      },
      settled: () => {
        this.#unsettled -= 1;
        if (this.#unsettled === 0) this.#allSettled();
      },
      failed: (fault: Error) => this.#watch.fail(fault),
    };
    const opening = openInBatches(connections, (index) => {
      const connection = new EchoConnection(firstConnection + index, this.#load, shared, events);
      this.#connections.push(connection);
      return connection.open;
    });
    await this.#watch.within(
      opening,
      deadlineMs,
      () => new LoadFault(`not all ${connections} connections opened`),
    );
  }

  start(): void {
    for (const connection of this.#connections) connection.start();
  }

  run(durationMs: number): Promise<void> {
    return this.#watch.run(durationMs);
  }

  async settle(deadlineMs: number): Promise<void> {
    const allSettled = new Promise<void>((resolve) => {
      this.#allSettled = resolve;
    });
    this.#unsettled = this.#connections.length;
    for (const connection of this.#connections) connection.finish();
    await this.#watch.within(allSettled, deadlineMs, (late) => {
      try {
        for (const connection of this.#connections) connection.assertSettled(late);
      } catch (fault) {
        return fault as LoadFault;
      }
      return new LoadFault(late);
    });
    await this.run(SURPLUS_WATCH_MS);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}
