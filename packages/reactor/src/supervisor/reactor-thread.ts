/** The supervisor's view of one reactor thread. */
import { type DrainOptions, HioloadError, ReactorState } from '@hioload/api';
import type { TransportFacts } from '../parts/serving-transport.js';
import { Heartbeat, MetricsBlock, type Region } from '@hioload/pool';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { fromPortableError, toPortableFault } from '../worker/portable-error.js';
import {
  isReactorReport,
  type ReactorCommand,
  type ReactorReport,
} from '../worker/thread-messages.js';
import type { SpawnedReactor } from './spawn-thread.js';

/** The events of a thread that its promises do not report. */
export interface ReactorThreadEvents {
  /** The thread has sent a report, or has ended. The log lines before that moment come first. */
  onNews(): void;
  /** The thread has sent something that is no report. */
  onStray(thread: ReactorThread, message: unknown): void;
  /** The inbox of the reactor is open, and its slab is made. */
  onJoining(thread: ReactorThread, slab: Region): void;
  /** The modules of the reactor are loaded. It waits for {@link ReactorThread.proceed}. */
  onTransport(thread: ReactorThread, transport: TransportFacts): void;
  /** The heap of the reactor is nearly full. */
  onHeapPressure(thread: ReactorThread, usedBytes: number): void;
}

/** The end of a thread. */
export interface ReactorEnd {
  readonly thread: ReactorThread;
  /** The error that ended the thread. Undefined if the supervisor told the thread to stop. */
  readonly error: HioloadError | undefined;
}

/** One reactor thread in the view of the supervisor, from its start to its end. */
export class ReactorThread {
  readonly index: number;
  /** The row of the reactor in the admission table and in the bus. */
  readonly row: number;
  /** Resolves with the port when the reactor listens. Rejects if the thread ends before. */
  readonly ready: Promise<number>;
  /** Resolves when the thread has ended. Never rejects. */
  readonly ended: Promise<ReactorEnd>;
  readonly #port: MessagePort;
  readonly #events: ReactorThreadEvents;
  #state: ReactorState = ReactorState.Starting;
  #phase = 'starting its thread';
  #told: 'to serve' | 'to stop' = 'to serve';
  #loop: string | undefined;
  #path: string | undefined;
  #threadId: number | undefined;
  #heapMb: number | undefined;
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

  constructor(
    index: number,
    row: number,
    { worker, port }: SpawnedReactor,
    events: ReactorThreadEvents,
  ) {
    this.index = index;
    this.row = row;
    this.#port = port;
    this.#events = events;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    // A rejection that nobody awaits must not end the process: `ended` reports the error, too.
    this.ready.catch(() => undefined);
    port.on('message', (report: unknown) => this.#judge(report));
    // The thread keeps the process alive, not this port.
    port.unref();
    worker.on('error', (error: unknown) => {
      this.#failure ??= fromPortableError(index, toPortableFault(error));
    });
    this.ended = new Promise((resolve) => {
      worker.once('exit', (code) => resolve(this.#end(code)));
    });
  }

  get state(): ReactorState {
    return this.#state;
  }

  /** The name of the idle strategy. Undefined until the reactor has reported it. */
  get loop(): string | undefined {
    return this.#loop;
  }

  /** The path of the application. Undefined until the reactor is ready. */
  get path(): string | undefined {
    return this.#path;
  }

  /** The phase of the start, in words that follow "it was still". */
  get phase(): string {
    return this.#phase;
  }

  /** The error that the reactor has reported, although its thread may not have ended yet. */
  get failure(): HioloadError | undefined {
    return this.#failure;
  }

  /** The id that the kernel gave the thread. Undefined until the thread has reported it. */
  get threadId(): number | undefined {
    return this.#threadId;
  }

  /** The heap that V8 grants the thread, in MiB. Undefined until the thread has reported it. */
  get heapMb(): number | undefined {
    return this.#heapMb;
  }

  get metrics(): MetricsBlock | undefined {
    return this.#metrics;
  }

  get heartbeat(): Heartbeat | undefined {
    return this.#heartbeat;
  }

  /** The slab of the reactor. Undefined until the reactor joins the bus. */
  get slab(): Region | undefined {
    return this.#slab;
  }

  /** Lets the reactor make the transport that it has reported, and start. */
  proceed(): void {
    this.#phase = 'making its transport';
    this.#tell({ type: 'proceed' });
  }

  /** Drains the reactor. Resolves when its connections or its thread have ended. */
  drain(options: DrainOptions): Promise<void> {
    if (this.#state === ReactorState.Ready) {
      this.#state = ReactorState.Draining;
      this.#tell({ type: 'drain', options });
    }
    return this.#state === ReactorState.Draining ? this.#drained : Promise.resolve();
  }

  /**
   * Ends the reactor. Resolves when the thread has ended. It never resolves if the event loop of
   * the thread stands still.
   */
  async stop(): Promise<void> {
    this.#told = 'to stop';
    this.#tell({ type: 'stop' });
    await this.ended;
  }

  #tell(command: ReactorCommand): void {
    this.#port.postMessage(command);
  }

  /**
   * Takes a report. Nothing that a thread sends may end the supervisor, so a message that is no
   * report is passed over with a line in the log.
   */
  #judge(report: unknown): void {
    if (isReactorReport(report)) this.#take(report);
    else this.#events.onStray(this, report);
  }

  #take(report: ReactorReport): void {
    this.#events.onNews();
    switch (report.type) {
      case 'born':
        this.#threadId = report.threadId === 0 ? undefined : report.threadId;
        this.#heapMb = report.heapMb;
        this.#metrics = MetricsBlock.attach(report.metrics);
        this.#heartbeat = new Heartbeat(report.heartbeat);
        this.#phase = 'joining the other reactors';
        return;
      case 'joining':
        this.#slab = report.slab;
        this.#loop = report.loop;
        this.#phase = 'loading the application module';
        return this.#events.onJoining(this, report.slab);
      case 'transport':
        this.#phase = 'waiting for the plan of its transport';
        return this.#events.onTransport(this, report.transport);
      case 'made':
        this.#phase = 'running the start hook or listening';
        return;
      case 'ready':
        this.#path = report.path;
        if (this.#state === ReactorState.Starting) this.#state = ReactorState.Ready;
        return this.#resolveReady(report.port);
      case 'failed':
        this.#failure = fromPortableError(this.index, report.error);
        return;
      case 'drained':
        return this.#resolveDrained();
      case 'heap-pressure':
        return this.#events.onHeapPressure(this, report.usedBytes);
    }
  }

  #end(code: number): ReactorEnd {
    // The last reports of the thread may wait in the port.
    for (let last; (last = receiveMessageOnPort(this.#port)) !== undefined;)
      this.#judge((last as { readonly message: unknown }).message);
    this.#port.close();
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

/** The exit code of Node when only a top-level await is left, and nothing can settle it. */
const UNSETTLED_TOP_LEVEL_AWAIT = 13;

function describeExit(code: number): string {
  return (
    'exited with code ' +
    `${code}${code === UNSETTLED_TOP_LEVEL_AWAIT ? ': a top-level await never settles' : ''}`
  );
}
