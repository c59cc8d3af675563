/** The launcher: keeps one server process running, and ends it. */
import type { Cancel, Clock, Logger } from '@hioload/api';
import type { ServerRequest } from '../options/server-request.js';
import type { Backoff } from '@hioload/reactor/backoff';
import { constants } from 'node:os';
import type { LogStyle } from '../log/logger.js';
import type { EndSignal } from './end-signals.js';
import type { FailedMessage, FromServer, ReadyMessage } from './messages.js';
import {
  describeEnd,
  type ProcessEnd,
  type ServerProcess,
  type SpawnServer,
} from './server-process.js';

/**
 * - `starting`: until the first server is ready.
 * - `restarting`: from the death of a server that was ready, until the next server is ready.
 * - `draining`: from the moment when the launcher is told to end.
 * - `stopped`: the launcher has ended. This state is final.
 * - `failed`: the first start did not succeed. This state is final.
 */
export type LauncherState =
  'idle' | 'starting' | 'ready' | 'draining' | 'restarting' | 'stopped' | 'failed';

/** The parts of a launcher. */
export interface LauncherParts {
  readonly options: ServerRequest;
  readonly logStyle: LogStyle;
  readonly spawn: SpawnServer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly backoff: Backoff;
  /** What to add to the line about a server that was ended by SIGKILL before it was ready. */
  readonly killNote?: () => string;
}

/** The reason why the first start did not succeed. */
export type StartFailure = Pick<FailedMessage, 'message' | 'stack'>;

/** How a launch ended. */
export interface LaunchOutcome {
  /**
   * 0 drained, 1 failed in a way that may pass by itself, 2 bad input, 128 + the number of a second
   * signal, which ended it.
   */
  readonly exitCode: number;
  readonly failure?: StartFailure;
}

/**
 * Time that the server process has after its own deadline before the launcher kills it, in
 * milliseconds.
 */
const GRACE_MS = 5_000;

/**
 * Time in which a signal that comes again counts as the same signal, in milliseconds. Package
 * managers and `timeout` pass on a signal although the whole process group already has it.
 */
export const SAME_SIGNAL_MS = 500;

/** Keeps one server process running, and ends it. */
export class Launcher {
  readonly #parts: LauncherParts;
  #state: LauncherState = 'idle';
  #options: ServerRequest;
  #server: ServerProcess | undefined;
  /** The timer of the present state: for an answer, an end, or the next start. */
  #timer: Cancel | undefined;
  #readySinceMs: number | undefined;
  #failure: FailedMessage | undefined;
  #stuck: readonly number[] | undefined;
  #signal: { readonly name: EndSignal; readonly atMs: number } | undefined;
  /** The exit code of the launch; set when the launcher kills the server on purpose. */
  #killedFor: number | undefined;
  #finish: ((outcome: LaunchOutcome) => void) | undefined;

  constructor(parts: LauncherParts) {
    this.#parts = parts;
    this.#options = parts.options;
  }

  get state(): LauncherState {
    return this.#state;
  }

  /**
   * Starts the server. May be called once. Resolves when the server has ended for good and no
   * process of it is left.
   */
  run(): Promise<LaunchOutcome> {
    const outcome = new Promise<LaunchOutcome>((finish) => {
      this.#finish = finish;
    });
    this.#state = 'starting';
    this.#launch();
    return outcome;
  }

  /** Takes a signal. The first signal drains the server, a second one ends it at once. */
  signal(name: EndSignal): void {
    const { clock, log } = this.#parts;
    if (this.#signal === undefined) {
      this.#signal = { name, atMs: clock.now() };
      return this.stop(name);
    }
    if (name === this.#signal.name && clock.now() - this.#signal.atMs < SAME_SIGNAL_MS) return;
    log.warn(`${name} is the second signal: the server ends at once`);
    this.#kill(128 + constants.signals[name]);
  }

  /** Drains the server and ends the launch. Idempotent. @param reason a text for the log */
  stop(reason: string): void {
    if (this.#state === 'draining' || this.#state === 'stopped' || this.#state === 'failed') return;
    const { startTimeoutMs, drain } = this.#options;
    // A server that is still starting drains once it has started.
    const startMs = this.#state === 'ready' ? 0 : startTimeoutMs;
    this.#state = 'draining';
    this.#timer?.();
    if (this.#server === undefined) return this.#end({ exitCode: 0 });
    this.#server.send({ type: 'drain', reason });
    const limitMs = startMs + drain.deadlineMs + GRACE_MS;
    this.#after(limitMs, () => {
      this.#parts.log.error(
        `the server has not ended within ${limitMs} ms after the drain began: it is killed`,
      );
      this.#kill(1);
    });
  }

  #launch(): void {
    this.#failure = undefined;
    this.#stuck = undefined;
    const server = this.#parts.spawn({
      onMessage: (message) => this.#onMessage(message),
      onEnd: (end) => this.#onEnd(end, server.pid),
    });
    this.#server = server;
    server.send({ type: 'start', options: this.#options, logStyle: this.#parts.logStyle });
    const limitMs = this.#options.startTimeoutMs + GRACE_MS;
    this.#after(limitMs, () => {
      const message = `the server process gave no answer within ${limitMs} ms and was killed`;
      this.#failure = {
        type: 'failed',
        code: undefined,
        isBadInput: false,
        message,
        stack: undefined,
      };
      server.kill();
    });
  }

  #onMessage(message: FromServer): void {
    switch (message.type) {
      case 'ready':
        return this.#onReady(message);
      case 'failed':
        this.#failure = message;
        return this.#expectEnd();
      case 'drained':
        this.#stuck = message.stuck;
        return this.#expectEnd();
    }
  }

  #onReady({ port, adminPort }: ReadyMessage): void {
    if (this.#state !== 'starting' && this.#state !== 'restarting') return;
    this.#timer?.();
    this.#state = 'ready';
    this.#readySinceMs = this.#parts.clock.now();
    // The next server takes the same ports, also where this server took any free one: clients find
    // the next server at the same address.
    const { admin } = this.#options;
    this.#options = {
      ...this.#options,
      port,
      admin: admin === null || adminPort === null ? admin : { ...admin, port: adminPort },
    };
  }

  /** Kills the server if it does not end by itself in time. */
  #expectEnd(): void {
    this.#after(GRACE_MS, () => this.#server?.kill());
  }

  #onEnd(end: ProcessEnd, pid: number | undefined): void {
    this.#server = undefined;
    this.#timer?.();
    if (this.#killedFor !== undefined) return this.#end({ exitCode: this.#killedFor });
    if (this.#state === 'draining') return this.#end({ exitCode: this.#exitCodeOfDrain(end) });
    if (this.#state === 'starting') return this.#failStart(end);
    this.#restart(end, pid);
  }

  #exitCodeOfDrain(end: ProcessEnd): number {
    const { log } = this.#parts;
    if (this.#stuck !== undefined && this.#stuck.length > 0) {
      const reactors = `reactor${this.#stuck.length === 1 ? '' : 's'} ${this.#stuck.join(', ')}`;
      log.error(`${reactors} did not end: the server process was killed`);
      return 1;
    }
    // A server that was told to end before it was ready may fail to start. It has ended all the
    // same.
    if (this.#stuck !== undefined || this.#failure !== undefined || end.code === 0) return 0;
    log.error(`the server process ${describeEnd(end)} while it drained`);
    return 1;
  }

  #failStart(end: ProcessEnd): void {
    // Somebody has told the server process itself to end, and it has ended in order.
    if (this.#stuck?.length === 0 && end.code === 0) return this.#end({ exitCode: 0 });
    this.#state = 'failed';
    const failure = this.#failure;
    if (failure === undefined) {
      const note = end.signal === 'SIGKILL' ? (this.#parts.killNote?.() ?? '') : '';
      const message = `the server process ${describeEnd(end)} before it was ready${note}`;
      return this.#end({ exitCode: 1, failure: { message, stack: undefined } });
    }
    this.#end({ exitCode: failure.isBadInput ? 2 : 1, failure });
  }

  #restart(end: ProcessEnd, pid: number | undefined): void {
    const { clock, log, backoff } = this.#parts;
    const readyMs = this.#readySinceMs === undefined ? 0 : clock.now() - this.#readySinceMs;
    this.#readySinceMs = undefined;
    this.#state = 'restarting';
    const delayMs = backoff.nextMs(readyMs);
    const what =
      this.#failure === undefined ? describeEnd(end) : `did not start (${this.#failure.message})`;
    log.error(`the server process ${what}; it starts again in ${delayMs} ms`, {
      server: pid,
      attempt: backoff.attempts,
    });
    this.#after(delayMs, () => this.#launch());
  }

  #kill(exitCode: number): void {
    this.#killedFor = exitCode;
    this.#server?.kill();
  }

  #end(outcome: LaunchOutcome): void {
    if (this.#state !== 'failed') this.#state = 'stopped';
    this.#finish?.(outcome);
  }

  /** Sets the one timer of the launcher; the timer before it is cancelled. */
  #after(delayMs: number, work: () => void): void {
    this.#timer?.();
    this.#timer = this.#parts.clock.after(delayMs, work);
  }
}
