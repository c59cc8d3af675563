// A fake reactor for tests of code that starts, drains and stops reactors.
import {
  type Clock,
  type DrainOptions,
  HioloadError,
  type Reactor,
  ReactorState,
} from '@hioload/api';
import { FakeClock } from './clock.js';

export interface FakeReactorOptions {
  /** Default: 0. */
  readonly index?: number;
  /** The port that `start` resolves with. Default: 9001. */
  readonly port?: number;
  /** Connections it has once it is ready. Default: 0. */
  readonly connections?: number;
  /** What `start` rejects with, instead of making it ready. */
  readonly startError?: Error;
  /** Whether `start` stays pending until `finishStart` is called. Default: false. */
  readonly holdsStart?: boolean;
  /** Moves the deadline of a drain. Default: a clock that stands still. */
  readonly clock?: Clock;
}

/**
 * A reactor without a thread, whose connections are a number.
 *
 * ```ts
 * const reactor = new FakeReactor({ connections: 2 });
 * await reactor.start();
 * const drained = reactor.drain({ code: 1001, reason: '', spreadMs: 0, deadlineMs: 1_000 });
 * reactor.disconnect(2); // or clock.advance(1_000)
 * await drained;
 * ```
 */
export class FakeReactor implements Reactor {
  readonly index: number;
  /** What `drain` was called with, first call first. */
  readonly drains: DrainOptions[] = [];
  readonly #options: FakeReactorOptions;
  readonly #clock: Clock;
  #state: ReactorState = ReactorState.Starting;
  #connections = 0;
  #start: PromiseWithSettlers<number> | undefined;
  #drain: PromiseWithSettlers<void> | undefined;

  constructor(options: FakeReactorOptions = {}) {
    this.index = options.index ?? 0;
    this.#options = options;
    this.#clock = options.clock ?? new FakeClock();
  }

  get state(): ReactorState {
    return this.#state;
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections;
  }

  start(): Promise<number> {
    if (this.#start !== undefined || this.#state !== ReactorState.Starting) {
      return Promise.reject(
        new HioloadError(
          'HIOLOAD_STATE',
          `reactor ${this.index}: start in state ${this.#state}; allowed once`,
        ),
      );
    }
    this.#start = settlers();
    if (this.#options.startError !== undefined) this.fail(this.#options.startError);
    else if (this.#options.holdsStart !== true) this.finishStart();
    return this.#start.promise;
  }

  /** Makes a reactor ready whose start was held. */
  finishStart(): void {
    if (this.#start === undefined || this.#state !== ReactorState.Starting) return;
    this.#state = ReactorState.Ready;
    this.#connections = this.#options.connections ?? 0;
    this.#start.resolve(this.#options.port ?? 9001);
  }

  /**
   * @throws HIOLOAD_OPTION_INVALID (as a rejection) where the deadline is shorter than the spread
   */
  drain(options: DrainOptions): Promise<void> {
    if (options.deadlineMs < options.spreadMs) {
      const message =
        `deadlineMs is ${options.deadlineMs}; allowed is spreadMs (${options.spreadMs}) ` +
        'or more';
      return Promise.reject(new HioloadError('HIOLOAD_OPTION_INVALID', message));
    }
    this.drains.push(options);
    if (this.#drain !== undefined) return this.#drain.promise;
    this.#drain = settlers();
    if (this.#state === ReactorState.Ready) this.#state = ReactorState.Draining;
    if (this.#connections === 0) this.#drain.resolve();
    else this.#clock.after(options.deadlineMs, () => this.disconnect(this.#connections));
    return this.#drain.promise;
  }

  /** Lets connections go away. */
  disconnect(count: number): void {
    this.#connections = Math.max(0, this.#connections - count);
    if (this.#connections === 0) this.#drain?.resolve();
  }

  async stop(): Promise<void> {
    this.#start?.reject(
      new HioloadError('HIOLOAD_STATE', `reactor ${this.index}: stopped before it was ready`),
    );
    this.#state = ReactorState.Stopped;
    this.disconnect(this.#connections);
  }

  /** Fails, as if its thread had died of `error`. */
  fail(error: Error = new Error('reactor failed')): void {
    this.#state = ReactorState.Failed;
    this.#start?.reject(error);
    this.disconnect(this.#connections);
  }
}

interface PromiseWithSettlers<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

/** What `Promise.withResolvers` gives, which Node 20 does not have. */
function settlers<Value>(): PromiseWithSettlers<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  // Whoever holds the promise sees the rejection; where nobody does, it is no fault of the process.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
