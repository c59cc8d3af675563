import type { Bus } from './bus.js';
import type { CompressionOptions } from './compression.js';
import type { ConnectionHandlers } from './handlers.js';
import type { BufferFullPolicy, Limits } from './limits.js';
import type { Logger } from './logger.js';
import type { Page } from './page.js';
import type { TransportKind } from './transport-kind.js';

/**
 * What an application is told, once per reactor, when it starts and stops. Its functions may be
 * taken out of it, and used from the start hook to the end of the stop hook.
 */
export interface AppContext extends Bus {
  /** Which reactor this is, from 0. */
  readonly reactor: number;
  /** How many reactors serve. */
  readonly reactors: number;
  readonly log: Logger;
}

/**
 * An application: handlers and settings. Its module is evaluated once in every reactor, which share
 * no objects.
 */
export interface AppDefinition<Data = unknown> extends ConnectionHandlers<Data> {
  /**
   * Path that serves WebSockets, exact, or with `/*` at its end all that begin with what precedes
   * the star. Default: `/`. Others are answered with 404.
   */
  readonly path?: string;
  /**
   * Subprotocols the application speaks, best first. A client that offers none of them gets none.
   */
  readonly protocols?: readonly string[];
  /**
   * Origins (scheme, host and port, lower case) that may connect besides the server's own host, or
   * `*` for all. A request without an Origin field, which no browser sends, is let through.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Pages by path, exact and as it is sent (percent-encoded), without a query: what a GET or HEAD
   * that asks for no WebSocket is answered with (200, and the connection is closed). The same path
   * may serve WebSockets too.
   */
  readonly pages?: Readonly<Record<string, Page>>;
  /**
   * Compression for clients that offer it, `true` for the defaults. Off unless asked for: what
   * mixes secrets with what a peer can choose must not be compressed. Of the transports, `net` has
   * it; on another the server warns when it starts.
   */
  readonly compression?: boolean | CompressionOptions;
  /** Limits that differ from the defaults. What the operator sets has the last word. */
  readonly limits?: Partial<Limits>;
  /** What happens when the outbound queue of a connection is full. Default: `drop`. */
  readonly whenBufferFull?: BufferFullPolicy;
  /**
   * The transport that serves: one that comes along, by its name, or a kind of your own. What the
   * operator sets goes over it. Default: `auto`, which takes `uws` where it loads, else `net`.
   */
  readonly transport?: 'auto' | 'uws' | 'net' | TransportKind;
  /** Runs before the reactor listens. An error fails the start. */
  start?(context: AppContext): void | Promise<void>;
  /**
   * Runs when the last connection has gone; what takes longer than the rest of the drain deadline
   * is cut short.
   */
  stop?(context: AppContext): void | Promise<void>;
}
