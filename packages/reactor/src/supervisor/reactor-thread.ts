/** One life of a reactor, as the supervisor sees it. */
import {
  type DrainOptions,
  HioloadError,
  ReactorState,
  stackOfThrown,
  textOfThrown,
} from '@hioload/api';
import type { TransportFacts } from '../parts/serving-transport.js';
import { Heartbeat, MetricsBlock, type Region } from '@hioload/pool';
import type { Worker } from 'node:worker_threads';
import type { PortableError, ReactorCommand, ReactorReport } from '../worker/thread-messages.js';

/** What a thread tells its slot, beyond its promises. */
export interface ReactorThreadEvents {
  /** The thread has told something, or has ended: the log lines before that come first. */
  onNews(): void;
  /** Its inbox is open, and its slab made. */
  onJoining(thread: ReactorThread, slab: Region): void;
  /** Its modules are loaded; it waits for {@link ReactorThread.proceed}. */
  onTransport(thread: ReactorThread, transport: TransportFacts): void;
  onHeapPressure(thread: ReactorThread, usedBytes: number): void;
}

/** How a thread ended. */
export interface ReactorEnd {
  readonly thread: ReactorThread;
  /** What it died of; undefined where it was told to stop. */
  readonly error: HioloadError | undefined;
}

/** One life of a reactor, as the supervisor sees it: from the start of its thread to its end. */
export class ReactorThread {
  readonly index: number;
  /** Its row in what the reactors share: the admission table and the bus. */
  readonly row: number;
  /** Resolves with the port when it listens; rejects when it ends before that. */
  readonly ready: Promise<number>;
  /** Resolves when the thread is gone. Never rejects. */
  readonly ended: Promise<ReactorEnd>;
  readonly #worker: Worker;
  readonly #events: ReactorThreadEvents;
  #state: ReactorState = ReactorState.Starting;
  #told: 'to serve' | 'to stop' = 'to serve';
  #threadId: number | undefined;
  #metrics: MetricsBlock | undefined;
  #heartbeat: Heartbeat | undefined;
  #slab: Region | undefined;
  #failure: HioloadError | undefined;
  #resolveReady!: (port: number) => void;
  #rejectReady!: (error: HioloadError) => void;
  #resolveDrained!: () => void;
  readonly #drained = new Promise<void>((resolve) => {
    this.#resolveDrained = resolve;
  });

  constructor(index: number, row: number, worker: Worker, events: ReactorThreadEvents) {
    this.index = index;
    this.row = row;
    this.#worker = worker;
    this.#events = events;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    // Whoever waits for it hears of it; where nobody does, `ended` tells.
    this.ready.catch(() => undefined);
    worker.on('message', (report: ReactorReport) => this.#take(report));
    worker.on('error', (error: unknown) => {
      this.#failure ??= fromThread(index, {
        code: 'HIOLOAD_REACTOR_START_FAILED',
        message: textOfThrown(error),
        stack: stackOfThrown(error) ?? '',
      });
    });
    this.ended = new Promise((resolve) => {
      worker.once('exit', (code) => resolve(this.#end(code)));
    });
  }

  get state(): ReactorState {
    return this.#state;
  }

  /** The operating system's id of the thread, once born. */
  get threadId(): number | undefined {
    return this.#threadId;
  }

  get metrics(): MetricsBlock | undefined {
    return this.#metrics;
  }

  get heartbeat(): Heartbeat | undefined {
    return this.#heartbeat;
  }

  /** The memory that it lends blocks of, once it joins the others. */
  get slab(): Region | undefined {
    return this.#slab;
  }

  /** Lets it make the transport that it has told of, and start. */
  proceed(): void {
    this.#tell({ type: 'proceed' });
  }

  /** Resolves when its connections have gone, or its thread has. */
  drain(options: DrainOptions): Promise<void> {
    if (this.#state === ReactorState.Ready) {
      this.#state = ReactorState.Draining;
      this.#tell({ type: 'drain', options });
    }
    return this.#state === ReactorState.Draining ? this.#drained : Promise.resolve();
  }

  /**
   * Ends it; resolves when the thread is gone, which takes for ever where it does not turn its
   * event loop.
   */
  async stop(): Promise<void> {
    this.#told = 'to stop';
    this.#tell({ type: 'stop' });
    await this.ended;
  }

  #tell(command: ReactorCommand): void {
    this.#worker.postMessage(command);
  }

  #take(report: ReactorReport): void {
    this.#events.onNews();
    switch (report.type) {
      case 'born':
        this.#threadId = report.threadId;
        this.#metrics = MetricsBlock.attach(report.metrics);
        this.#heartbeat = new Heartbeat(report.heartbeat);
        return;
      case 'joining':
        this.#slab = report.slab;
        return this.#events.onJoining(this, report.slab);
      case 'transport':
        return this.#events.onTransport(this, report.transport);
      case 'ready':
        if (this.#state === ReactorState.Starting) this.#state = ReactorState.Ready;
        return this.#resolveReady(report.port);
      case 'failed':
        this.#failure = fromThread(this.index, report.error);
        return;
      case 'drained':
        return this.#resolveDrained();
      case 'heap-pressure':
        return this.#events.onHeapPressure(this, report.usedBytes);
    }
  }

  #end(code: number): ReactorEnd {
    this.#events.onNews();
    const error =
      this.#told === 'to stop'
        ? undefined
        : (this.#failure ??
          new HioloadError(
            'HIOLOAD_REACTOR_START_FAILED',
            `reactor ${this.index}: its thread ${describeExit(code)}`,
          ));
    this.#state = error === undefined ? ReactorState.Stopped : ReactorState.Failed;
    this.#rejectReady(
      error ??
        new HioloadError(
          'HIOLOAD_REACTOR_START_FAILED',
          `reactor ${this.index}: stopped before it was ready`,
        ),
    );
    this.#resolveDrained();
    return { thread: this, error };
  }
}

/**
 * Node's own exit code for an event loop that has nothing left to wait for but a top-level await.
 */
const UNSETTLED_TOP_LEVEL_AWAIT = 13;

function describeExit(code: number): string {
  return (
    'exited with code ' +
    `${code}${code === UNSETTLED_TOP_LEVEL_AWAIT ? ': a top-level await never settles' : ''}`
  );
}

/** An error of the reactor's thread; the stack shown is the one of that thread. */
function fromThread(index: number, { code, message, stack }: PortableError): HioloadError {
  const error = new HioloadError(
    code,
    code === 'HIOLOAD_REACTOR_START_FAILED' ? `reactor ${index}: ${message}` : message,
  );
  error.stack = stack;
  return error;
}
