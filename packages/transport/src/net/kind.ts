// The kind of transport that speaks WebSocket in TypeScript, over any network that a user brings.
import {
  type BytePool,
  type Extension,
  type NetListener,
  reactorOf,
  type ConnId,
  type TransportKind,
} from '@hioload/api';
import { createNetTransport, NET_FEATURES } from './transport.js';

/** The reactor that a factory makes a listener or a pool for. */
export interface NetReactor {
  /** The number of the reactor, from 0. */
  readonly reactor: number;
}

/** The parts of a kind made by {@link createNetKind}. Each has a default. */
export interface NetKindOptions {
  /** The name that log and metrics show. Default: `net`. */
  readonly name?: string;
  /**
   * The source of connections: a listener, or a function that makes a listener for a reactor. Every
   * reactor loads the kind once, so a listener belongs to one reactor in both cases. Default: TCP
   * sockets of Node.
   */
  readonly listener?: NetListener | ((of: NetReactor) => NetListener | Promise<NetListener>);
  /**
   * Whether the listeners of several reactors can listen on one address. Default: `false` with a
   * listener of your own; otherwise whether Node's sockets can.
   */
  readonly sharesPort?: boolean;
  /**
   * The pool for read and write buffers, or a function that makes a pool for a reactor. Its memory
   * must be plain, not shared. Default: the pool of the reactor.
   */
  readonly pool?: BytePool | ((of: NetReactor) => BytePool);
  /**
   * Extensions that a client may agree on, besides the compression that the application asks for. A
   * connection has one extension at most: the first in the client's order that one of these
   * accepts.
   */
  readonly extensions?: readonly Extension[];
  /**
   * The kind of Node's sockets: `handles` are faster and not documented, `plain` are sockets as
   * Node documents them. Default: `handles`, where a check at the start finds them usable. Without
   * effect on a listener of your own.
   */
  readonly sockets?: 'handles' | 'plain';
}

/** Makes a kind whose transports speak WebSocket in TypeScript, with parts of your own. */
export function createNetKind(parts: NetKindOptions = {}): TransportKind {
  const { name = 'net', listener, pool, extensions, sockets } = parts;
  const sharesPort = parts.sharesPort ?? (listener === undefined && NET_FEATURES.sharesPort);
  return {
    name,
    features: { ...NET_FEATURES, sharesPort },
    async create(options) {
      const of = { reactor: reactorOf(options.firstConnId as ConnId) };
      return createNetTransport({
        ...options,
        ...(listener !== undefined && {
          listener: typeof listener === 'function' ? await listener(of) : listener,
        }),
        ...(pool !== undefined && { pool: typeof pool === 'function' ? pool(of) : pool }),
        ...(extensions !== undefined && { extensions }),
        ...(sockets !== undefined && { sockets }),
      });
    },
  };
}

/** The kind `net` with all its defaults: WebSocket in TypeScript over Node's sockets. */
export const netKind: TransportKind = createNetKind();
