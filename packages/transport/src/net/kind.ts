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

/** What a factory of listeners or pools is told about the reactor that it makes one for. */
export interface NetReactor {
  /** The number of the reactor, from 0. */
  readonly reactor: number;
}

/** The parts of a kind made by {@link createNetKind}. Each has a default. */
export interface NetKindOptions {
  /** The name that log and metrics show. Default: `net`. */
  readonly name?: string;
  /**
   * Where connections come from: a listener, or a function that makes one for a reactor. A kind is
   * loaded once in every reactor, so that a listener belongs to one reactor either way. Default:
   * TCP sockets of Node.
   */
  readonly listener?: NetListener | ((of: NetReactor) => NetListener | Promise<NetListener>);
  /**
   * Whether the listeners of several reactors can listen on one address. Default: `false` with a
   * listener of your own, and what Node's sockets can do without one.
   */
  readonly sharesPort?: boolean;
  /**
   * Where bytes are read into and gathered: plain memory of the reactor's thread. A pool, or a
   * function that makes one for a reactor. Default: the pool of the reactor.
   */
  readonly pool?: BytePool | ((of: NetReactor) => BytePool);
  /**
   * Extensions of the protocol that clients may agree on, besides the compression that the
   * application asks for. A connection has one extension at most: the first that its client offers.
   */
  readonly extensions?: readonly Extension[];
  /**
   * `plain` takes Node's sockets as they are documented; `handles` works on the handles below them,
   * where that is possible. Default: `handles`. Without effect on a listener of your own.
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

/** Transports in TypeScript over Node's sockets. */
export const netKind: TransportKind = createNetKind();
