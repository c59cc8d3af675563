// The kind of transport that speaks WebSocket in TypeScript, over any network that a user brings.
import {
  type BytePool,
  type Extension,
  HioloadError,
  type NetListener,
  reactorOf,
  type ConnId,
  type TransportKind,
  unknownName,
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
   * Whether several reactors may serve side by side: their listeners share one port, or each
   * listener has an address of its own. Default: `false` with a listener of your own; otherwise
   * whether Node's sockets can share a port.
   */
  readonly sharesPort?: boolean;
  /** False if the network of the listener has no ports, as with Unix sockets. Default: true. */
  readonly usesPort?: boolean;
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

const FIELDS: readonly string[] = [
  'name',
  'listener',
  'sharesPort',
  'usesPort',
  'pool',
  'extensions',
  'sockets',
] satisfies (keyof NetKindOptions)[];

/**
 * Makes a kind whose transports speak WebSocket in TypeScript, with parts of your own.
 * @throws HIOLOAD_OPTION_INVALID if a field is unknown; HIOLOAD_PART_INVALID if the listener lacks
 * a function. The kind checks a listener that a function makes in its `create`.
 */
export function createNetKind(parts: NetKindOptions = {}): TransportKind {
  for (const field of Object.keys(parts)) {
    if (FIELDS.includes(field)) continue;
    const problem = unknownName(field, 'the argument', FIELDS);
    throw new HioloadError('HIOLOAD_OPTION_INVALID', `createNetKind: ${problem}`);
  }
  const { name = 'net', listener, usesPort = true, pool, extensions, sockets } = parts;
  if (listener !== undefined && typeof listener !== 'function') requireListener(name, listener);
  const sharesPort = parts.sharesPort ?? (listener === undefined && NET_FEATURES.sharesPort);
  return {
    name,
    features: { ...NET_FEATURES, sharesPort, usesPort },
    async create(options) {
      const of = { reactor: reactorOf(options.firstConnId as ConnId) };
      return createNetTransport({
        ...options,
        ...(listener !== undefined && {
          listener:
            typeof listener === 'function' ? requireListener(name, await listener(of)) : listener,
        }),
        ...(pool !== undefined && { pool: typeof pool === 'function' ? pool(of) : pool }),
        ...(extensions !== undefined && { extensions }),
        ...(sockets !== undefined && { sockets }),
      });
    },
  };
}

/** Refuses a value that is no network listener. @throws HIOLOAD_PART_INVALID */
function requireListener(name: string, listener: NetListener): NetListener {
  const given = listener as Partial<NetListener> | null | undefined;
  for (const member of ['listen', 'close'] as const) {
    if (typeof given?.[member] === 'function') continue;
    throw new HioloadError(
      'HIOLOAD_PART_INVALID',
      `createNetKind: the listener of the kind ${name} must have the functions listen and close; ` +
        `its ${member} is no function`,
    );
  }
  return listener;
}

/** The kind `net` with all its defaults: WebSocket in TypeScript over Node's sockets. */
export const netKind: TransportKind = createNetKind();
