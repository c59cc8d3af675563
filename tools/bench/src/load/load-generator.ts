import { EchoFault } from './echo-judge.js';
import { LoadConnection, type LoadTarget } from './load-connection.js';

/** Largest piece that is read at once; one buffer serves all connections, for each piece is judged as it comes. */
const READ_BUFFER_BYTES = 65_536;

/** Handshakes under way at once: more would overflow the queue of a server that listens with the usual 511. */
const HANDSHAKES_AT_ONCE = 100;

/** Time in which answers that nothing was sent for may still show after the last one that was due. */
const SURPLUS_WATCH_MS = 20;

export interface LoadOptions extends LoadTarget {
  readonly connections: number;
  /** Number of the first connection in the run, where several generators share one. */
  readonly firstConnection: number;
}

/**
 * A closed loop of echo clients on the thread that makes it. Each step rejects with the first fault of any connection,
 * also one of an earlier moment.
 */
export class LoadGenerator {
  readonly #options: LoadOptions;
  readonly #connections: LoadConnection[] = [];
  readonly #fault: Promise<never>;
  #echoed = 0;
  #unsettled = 0;
  #allSettled: () => void = () => {};
  #fail: (fault: Error) => void = () => {};

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#fault = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Between two steps nobody listens; the next one finds the fault.
    this.#fault.catch(() => {});
  }

  /** Messages that have come back whole and unaltered. */
  get echoed(): number {
    return this.#echoed;
  }

  /** Opens all connections. @throws EchoFault where one is refused or `deadlineMs` passes */
  async connect(deadlineMs: number): Promise<void> {
    const { connections, firstConnection } = this.#options;
    const shared = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
    const events = {
      echoed: (messages: number) => {
        this.#echoed += messages;
      },
      settled: () => {
        this.#unsettled -= 1;
        if (this.#unsettled === 0) this.#allSettled();
      },
      failed: (fault: Error) => this.#fail(fault),
    };
    const openAll = async (): Promise<void> => {
      while (this.#connections.length < connections) {
        const from = this.#connections.length;
        const to = Math.min(from + HANDSHAKES_AT_ONCE, connections);
        for (let index = from; index < to; index += 1) {
          this.#connections.push(new LoadConnection(firstConnection + index, this.#options, shared, events));
        }
        await Promise.all(this.#connections.slice(from).map(({ open }) => open));
      }
    };
    await this.#within(openAll(), deadlineMs, () => new EchoFault(`not all ${connections} connections opened`));
  }

  start(): void {
    for (const connection of this.#connections) connection.start();
  }

  /** Runs for a while. @throws EchoFault */
  async run(durationMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, durationMs);
    });
    await Promise.race([over, this.#fault]).finally(() => clearTimeout(timer));
  }

  /** Sends no more and waits until all that was sent has come back, and nothing else. @throws EchoFault */
  async settle(deadlineMs: number): Promise<void> {
    const allSettled = new Promise<void>((resolve) => {
      this.#allSettled = resolve;
    });
    this.#unsettled = this.#connections.length;
    for (const connection of this.#connections) connection.finish();
    await this.#within(allSettled, deadlineMs, (late) => {
      try {
        for (const connection of this.#connections) connection.assertSettled(late);
      } catch (fault) {
        return fault as EchoFault;
      }
      return new EchoFault(late);
    });
    await this.run(SURPLUS_WATCH_MS);
  }

  /** Cuts all connections; idempotent. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  async #within(work: Promise<void>, deadlineMs: number, onLate: (late: string) => EchoFault): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(onLate(`nothing came for ${deadlineMs / 1000} s`)), deadlineMs);
    });
    await Promise.race([work, late, this.#fault]).finally(() => clearTimeout(timer));
  }
}
