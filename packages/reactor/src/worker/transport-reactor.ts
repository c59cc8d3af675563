/** The reactor that comes along: an application on a transport, from start to stop. */
import {
  type AppContext,
  type AppDefinition,
  type DrainOptions,
  HioloadError,
  isHioloadError,
  type Reactor,
  type ReactorFactory,
  type ReactorParts,
  ReactorState,
  type WebSocketConn,
  textOfThrown,
} from '@hioload/api';
import { closeGently, endQuietly } from './drain.js';

/** How often a draining reactor looks whether its last connection has gone. */
const DRAIN_POLL_MS = 10;

/**
 * Makes the factory of the reactors that threads drive where the user has no factory of their own.
 * @param explainListen makes the error of the start out of the error of `Transport.listen`
 */
export function transportReactorFactory(
  explainListen: (cause: unknown) => unknown,
): ReactorFactory {
  return (parts) => new TransportReactor(parts, { explainListen });
}

/** The options of a {@link TransportReactor}. */
export interface TransportReactorOptions {
  /** 0 inclusive to 1 exclusive; spreads the closes of a drain. Default: `Math.random`. */
  readonly random?: () => number;
  /** Makes the error of the start out of the error of `Transport.listen`. Default: no change. */
  readonly explainListen?: (cause: unknown) => unknown;
}

/** An application on a transport. It knows neither threads nor the supervisor. */
export class TransportReactor implements Reactor {
  readonly index: number;
  readonly #parts: ReactorParts;
  readonly #random: () => number;
  readonly #explainListen: (cause: unknown) => unknown;
  #state: ReactorState | 'idle' = 'idle';
  #drained: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(parts: ReactorParts, options: TransportReactorOptions = {}) {
    this.index = parts.context.reactor;
    this.#parts = parts;
    this.#random = options.random ?? Math.random;
    this.#explainListen = options.explainListen ?? ((cause) => cause);
  }

  get state(): ReactorState {
    return this.#state === 'idle' ? ReactorState.Starting : this.#state;
  }

  async start(): Promise<number> {
    if (this.#state !== 'idle') {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `reactor ${this.index}: start() must be called once, in the state idle; ` +
          `the state is ${this.#state}`,
      );
    }
    this.#state = ReactorState.Starting;
    const { app, context } = this.#parts;
    try {
      await runStartHook(app, context);
      const port = await this.#listen();
      // If a stop came meanwhile, the transport is closed already.
      if (this.state === ReactorState.Starting) this.#state = ReactorState.Ready;
      return port;
    } catch (error) {
      this.#state = ReactorState.Failed;
      this.#closeTransport();
      throw error;
    }
  }

  drain(options: DrainOptions): Promise<void> {
    this.#drained ??= this.#drain(options);
    return this.#drained;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #listen(): Promise<number> {
    const { transport, address } = this.#parts;
    try {
      return await transport.listen(address);
    } catch (cause) {
      throw this.#explainListen(cause);
    }
  }

  async #drain({ code, reason, spreadMs, deadlineMs }: DrainOptions): Promise<void> {
    if (this.#state !== ReactorState.Ready) return;
    this.#state = ReactorState.Draining;
    const { transport } = this.#parts;
    const deadline = performance.now() + deadlineMs;
    // The kernel may hold connections that the reactor takes in this turn. A listener that closes
    // before that would reset them.
    await new Promise(setImmediate);
    if (this.#isStopped()) return;
    transport.stopListening();
    const conns: WebSocketConn[] = [];
    transport.forEachConnection((conn) => conns.push(conn));
    await closeGently(conns, { code, reason, spreadMs, random: this.#random });
    // A handshake that was under way when the drain began may open a connection later.
    while (!this.#isStopped() && transport.connectionCount > 0 && performance.now() < deadline) {
      transport.forEachConnection((conn) => endQuietly(conn, code, reason));
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
  }

  /** Whether a stop has closed the transport: nothing may be called on the transport then. */
  #isStopped(): boolean {
    return this.#state === ReactorState.Stopped;
  }

  async #stop(): Promise<void> {
    const { app, context } = this.#parts;
    const started = this.#state === ReactorState.Ready || this.#state === ReactorState.Draining;
    this.#state = ReactorState.Stopped;
    this.#closeTransport();
    try {
      if (started) await app.stop?.(context);
    } catch (cause) {
      context.log.error(`reactor ${this.index}: the stop hook failed`, { err: cause });
    }
  }

  /** Closes the transport. A transport of a user may throw: what comes after it still runs. */
  #closeTransport(): void {
    const { context, transport } = this.#parts;
    try {
      transport.close();
    } catch (cause) {
      context.log.error(`reactor ${this.index}: the close of the transport failed`, { err: cause });
    }
  }
}

async function runStartHook(app: AppDefinition, context: AppContext): Promise<void> {
  try {
    await app.start?.(context);
  } catch (cause) {
    const reason = textOfThrown(cause);
    const code = isHioloadError(cause) ? cause.code : 'HIOLOAD_MODULE_FAILED';
    throw new HioloadError(code, `module: the start hook failed: ${reason}`, { cause });
  }
}
