import { HioloadError, type Logger } from '@hioload/api';
import type { Server, ServerOptions } from '@hioload/reactor';
import type { FailedMessage, FromServer, ToServer } from '../launch/messages.js';
import type { LogStyle } from '../log/logger.js';

/** What the server process consists of around its server. */
export interface ServerHost {
  createServer(options: ServerOptions, log: Logger): Server;
  createLogger(style: LogStyle): Logger;
  /** Tells the launcher; resolves when it is on its way, or cannot be. */
  tell(message: FromServer): Promise<void>;
  /** Ends the process in order. */
  exit(code: number): void;
  /** Ends the process at once: with reactors that do not end, an exit in order would abort it. */
  kill(): void;
}

/**
 * The life of the server process: one server, from the launcher's first message to the end of the
 * process.
 */
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
   * Drains and ends the process. Idempotent: a message, a signal and the loss of the launcher all
   * mean the same.
   */
  async drain(reason: string): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    if (this.#server === undefined) return this.#host.exit(0);
    const { cut, stuck } = await this.#server.drain(reason);
    await this.#end({ type: 'drained', cut, stuck }, stuck, 0);
  }

  /**
   * An error that nothing caught. What the process still does is unknown, and it must not exit
   * while reactors live.
   */
  crash(error: unknown): void {
    this.#log?.error('the server process failed', { stack: stackOf(error) });
    this.#host.kill();
  }

  async #start(options: ServerOptions, logStyle: LogStyle): Promise<void> {
    this.#log = this.#host.createLogger(logStyle);
    const server = this.#host.createServer(options, this.#log);
    this.#server = server;
    try {
      const { url, adminUrl, port } = await server.start();
      await this.#host.tell({
        type: 'ready',
        url,
        port,
        adminPort: adminUrl === null ? null : portOf(adminUrl),
      });
    } catch (error) {
      // Where a drain was asked for meanwhile, it ends the process.
      if (this.#ending) return;
      this.#ending = true;
      await this.#end(failedMessage(error), server.stuck, 2);
    }
  }

  async #end(lastMessage: FromServer, stuck: readonly number[], code: number): Promise<void> {
    await this.#host.tell(lastMessage);
    if (stuck.length > 0) this.#host.kill();
    else this.#host.exit(code);
  }
}

function failedMessage(error: unknown): FailedMessage {
  const message = error instanceof Error ? error.message : String(error);
  return {
    type: 'failed',
    code: error instanceof HioloadError ? error.code : undefined,
    message: message.replaceAll(/\s*\n\s*/g, ' '),
    stack: stackOf(error),
  };
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** The port of an HTTP URL, which leaves out the one that goes without saying. */
const portOf = (url: string): number => Number(new URL(url).port || 80);
