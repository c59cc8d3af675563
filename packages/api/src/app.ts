/** The definition of an application, and the context that its start and stop hooks get. */
import type { Bus } from './bus.js';
import type { CompressionOptions } from './compression.js';
import type { ConnectionHandlers } from './handlers.js';
import type { BufferFullPolicy, Limits } from './limits.js';
import type { Logger } from './logger.js';
import type { Page } from './page.js';
import type { TransportKind } from './transport-kind.js';

/**
 * The argument of the start hook and of the stop hook, one object per reactor. The functions may be
 * taken out of the object (`const { publish } = context`). They work from the start hook to the end
 * of the stop hook.
 */
export interface AppContext extends Bus {
  /** The number of this reactor, from 0. */
  readonly reactor: number;
  /** The number of all reactors. */
  readonly reactors: number;
  readonly log: Logger;
}

/**
 * An application: handlers and settings. Every reactor evaluates the module of the application
 * once. Reactors share no objects.
 */
export interface AppDefinition<Data = unknown> extends ConnectionHandlers<Data> {
  /**
   * The path that serves WebSockets: an exact path such as `/chat`, or a prefix such as `/chat/*`,
   * which serves all paths that begin with `/chat/`. Default: `/`. Handshakes for other paths are
   * answered with 404.
   */
  readonly path?: string;
  /**
   * The subprotocols that the application speaks, best first. A client that offers none of them
   * gets a connection without a subprotocol.
   */
  readonly protocols?: readonly string[];
  /**
   * The origins (scheme, host and port, in lower case) that may connect besides the server's own
   * host; `https://*.example.org` allows all hosts below a name, and `*` allows all. A request
   * without an Origin field is let through: browsers always send the field.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Pages by path. A path is exact, percent-encoded and without a query. A GET or HEAD of the path
   * that is not a handshake is answered with the page (200), and its connection is closed. The same
   * path may serve WebSockets too.
   */
  readonly pages?: Readonly<Record<string, Page>>;
  /**
   * Compression for clients that offer it; `true` takes the defaults. Default: off, because
   * messages that mix secrets with text that a peer can choose must not be compressed. The
   * transport `net` compresses. The server warns at its start if its transport cannot.
   */
  readonly compression?: boolean | CompressionOptions;
  /** Limits that differ from the defaults. The limits that the operator sets override these. */
  readonly limits?: Partial<Limits>;
  /**
   * What happens to a message when the outbound queue of its connection is full. Default: `drop`.
   */
  readonly whenBufferFull?: BufferFullPolicy;
  /**
   * The transport that serves: one that comes along, by its name, or a kind of your own. What the
   * operator sets goes over it. Default: `auto`, which takes `uws` where it loads, else `net`.
   */
  readonly transport?: 'auto' | 'uws' | 'net' | TransportKind;
  /** Runs before the reactor listens. If the hook throws or rejects, the start fails. */
  start?(context: AppContext): void | Promise<void>;
  /**
   * Runs when the last connection has closed. The hook has the time that is left of the drain
   * deadline; after that the reactor ends without it.
   */
  stop?(context: AppContext): void | Promise<void>;
}
