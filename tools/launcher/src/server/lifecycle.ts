/** The life of the server process, from the launcher's first message to the end of the process. */
import { HioloadError, type Logger, stackOfThrown, textOfThrown } from '@hioload/api';
import type { DrainWish, Server } from '@hioload/reactor';
import type { ServerRequest } from '../options/server-request.js';
import type { FailedMessage, FromServer, ToServer } from '../launch/messages.js';
import type { LogStyle } from '../log/logger.js';
import { isBadInput } from './bad-input.js';

/** The process around the server; tests use one of their own. */
export interface ServerHost {
  createServer(options: ServerRequest, log: Logger): Server;
  createLogger(style: LogStyle): Logger;
  /** Makes ready what the user asked for beside the server, if anything. May fail the start. */
  prepare(log: Logger): Promise<void> | undefined;
  /** Sends a message to the launcher. Resolves when the message is sent, or cannot be sent. */
  tell(message: FromServer): Promise<void>;
  /** Ends the process in the normal way. */
  exit(code: number): void;
  /** Kills the process. With reactors that do not end, a normal exit would abort the process. */
  kill(): void;
}

/** Starts one server, drains it, and ends the process. */
export class ServerLifecycle {
  readonly #host: ServerHost;
  #server: Server | undefined;
  #log: Logger | undefined;
  #ending = false;

  constructor(host: ServerHost) {
    this.#host = host;
  }

  /** Takes a message of the launcher. */
  take(message: ToServer): void {
    if (message.type === 'drain') void this.drain(message.reason);
    else if (this.#server === undefined && !this.#ending)
      void this.#start(message.options, message.logStyle);
  }

  /**
   * Drains the server and ends the process. Idempotent. A message, a signal and the loss of the
   * launcher all call it.
   */
  async drain(reason: string, wish: DrainWish = {}): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    if (this.#server === undefined) return this.#end({ type: 'drained', cut: 0, stuck: [] }, [], 0);
    const { cut, stuck } = await this.#server.drain(reason, wish);
    await this.#end({ type: 'drained', cut, stuck }, stuck, 0);
  }

  /**
   * Ends the process after an error that nothing caught. The process is in an unknown state, and it
   * must not exit normally while reactors live, so it kills itself.
   */
  crash(error: unknown): void {
    this.#log?.error('the server process failed', { stack: stackOf(error) });
    this.#host.kill();
  }

  async #start(options: ServerRequest, logStyle: LogStyle): Promise<void> {
    this.#log = this.#host.createLogger(logStyle);
    try {
      const prepared = this.#host.prepare(this.#log);
      if (prepared !== undefined) await prepared;
      if (this.#ending) return;
      const server = this.#host.createServer(
        // Lines of an application between lines of JSON would break the reader of the log.
        { ...options, printsToLog: logStyle.format === 'json' },
        this.#log,
      );
      this.#server = server;
      const { url, adminUrl, port } = await server.start();
      await this.#host.tell({
        type: 'ready',
        url,
        port,
        adminPort: adminUrl === null ? null : portOf(adminUrl),
      });
    } catch (error) {
      // If a drain has begun meanwhile, the drain ends the process.
      if (this.#ending) return;
      this.#ending = true;
      const failed = failedMessage(error);
      await this.#end(failed, this.#server?.stuck ?? [], failed.isBadInput ? 2 : 1);
    }
  }

  async #end(lastMessage: FromServer, stuck: readonly number[], code: number): Promise<void> {
    await this.#host.tell(lastMessage);
    if (stuck.length > 0) this.#host.kill();
    else this.#host.exit(code);
  }
}

function failedMessage(error: unknown): FailedMessage {
  // An error of the framework says in its own message what lies behind it.
  const message = error instanceof HioloadError ? error.message : textOfThrown(error);
  return {
    type: 'failed',
    code: error instanceof HioloadError ? error.code : undefined,
    isBadInput: isBadInput(error),
    message: message.replaceAll(/\s*\n\s*/g, ' '),
    stack: stackOf(error instanceof HioloadError ? (error.cause ?? error) : error),
  };
}

const stackOf = (error: unknown): string => stackOfThrown(error) ?? textOfThrown(error);

/** The port of an HTTP URL. A URL leaves out port 80. */
const portOf = (url: string): number => Number(new URL(url).port || 80);
