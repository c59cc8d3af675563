/* The transport `net`: a WebSocket server in TypeScript, without a native library. */
import {
  ConnState,
  type ConnId,
  Metric,
  type Metrics,
  type ListenAddress,
  type NetConn,
  type NetListener,
  type PublishResult,
  type Sendable,
  type SendOptions,
  systemClock,
  type Topic,
  type Transport,
  type TransportFeatures,
  type WebSocketConn,
} from '@hioload/api';
import { type CompressionWatch, PermessageDeflate } from '@hioload/protocol';
import { markAsUntransferable } from 'node:worker_threads';
import { assertOptions } from '../shared/assert-options.js';
import { DescriptorWatch } from '../shared/descriptor-watch.js';
import { MemoryBudget } from './budget/memory-budget.js';
import { firstBlockOf, requireExtensions } from './check-parts.js';
import { NetCore } from './core.js';
import type { NetTransportOptions } from './net-options.js';
import { Opening } from './opening/opening.js';
import { GuardedConn, requireNetConn } from './sockets/guarded-conn.js';
import { openHandles } from './sockets/handle-check.js';
import { HandleConn } from './sockets/handle-conn.js';
import { SocketConn } from './sockets/socket-conn.js';
import { SHARES_PORT, SocketListener } from './sockets/socket-listener.js';

/** The abilities of this transport. It has no exemptions. */
export const NET_FEATURES: TransportFeatures = { sharesPort: SHARES_PORT, exemptions: [] };

/**
 * The length of the one read buffer that all connections share. Everything that a peer has sent
 * between two reads is handled in one pass.
 */
const READ_BUFFER_BYTES = 65_536;

/** A transport that also takes connections from other sources than its listener. */
export interface NetTransport extends Transport {
  /**
   * Takes a connection that has not been started. Its peer sends an opening handshake first.
   * @throws HIOLOAD_PART_INVALID where the value is no connection
   */
  accept(conn: NetConn): void;
  /**
   * Listens on a Unix socket.
   * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (as a rejection)
   */
  listenOnPath(path: string): Promise<void>;
}

/**
 * Makes a transport that speaks WebSocket in TypeScript, on the calling thread. The transport
 * accepts nothing before `listen`.
 * @throws HIOLOAD_OPTION_INVALID (as a rejection)
 */
export async function createNetTransport<Data = unknown>(
  options: NetTransportOptions<Data>,
): Promise<NetTransport> {
  assertOptions(options);
  const { clock = systemClock, compression, extensions = [], sockets } = options;
  const pool = options.pool === undefined ? options.pools.bytes : options.pool;
  requireExtensions(extensions);
  const readBuffer = firstBlockOf(pool, READ_BUFFER_BYTES);
  // A hook that transferred the buffer would make all connections deaf.
  markAsUntransferable(readBuffer.bytes.buffer);
  const { limits, metrics } = options;
  const budget = new MemoryBudget({ pool, limits, metrics });
  const access = sockets === 'plain' ? undefined : await openHandles(pool);
  const doors = access?.ok === true ? access.doors : undefined;
  const listener =
    options.listener ??
    new SocketListener({ pool: budget, doors, readBuffer: readBuffer.view(READ_BUFFER_BYTES) });
  const core = new NetCore({
    options,
    budget,
    extensions:
      compression === undefined
        ? extensions
        : [...extensions, new PermessageDeflate(compression, shortageOf(metrics))],
    clock,
  });
  return new TypeScriptTransport(core, listener, () => readBuffer.release());
}

/** Counts what compression has no memory for. */
function shortageOf(metrics: Metrics): CompressionWatch {
  return {
    takeoverDeclined: () => metrics.add(Metric.TakeoversDeclined, 1),
    contextLost: () => metrics.add(Metric.ContextsLost, 1),
  };
}

class TypeScriptTransport implements NetTransport {
  readonly features = NET_FEATURES;
  readonly #core: NetCore;
  readonly #listener: NetListener;
  readonly #descriptors: DescriptorWatch;
  readonly #onClose: () => void;
  #isClosed = false;

  constructor(core: NetCore, listener: NetListener, onClose: () => void) {
    this.#core = core;
    const { options } = core;
    // Node itself takes each connection that it has no descriptor for, and closes it.
    this.#descriptors = new DescriptorWatch({
      pause: () => undefined,
      resume: () => true,
      onShortage: () => {
        options.metrics.add(Metric.DescriptorShortages, 1);
        options.onDescriptorShortage?.();
      },
    });
    this.#listener = listener;
    this.#onClose = onClose;
  }

  get connectionCount(): number {
    return this.#core.connections.size;
  }

  listen({ host, port, shared }: ListenAddress): Promise<number> {
    this.#descriptors.start();
    return this.#listener.listen({ host, port, shared }, (conn) => this.accept(conn));
  }

  async listenOnPath(path: string): Promise<void> {
    this.#descriptors.start();
    await this.#listener.listen({ path }, (conn) => this.accept(conn));
  }

  stopListening(): void {
    this.#descriptors.stop();
    this.#listener.close();
  }

  accept(given: NetConn): void {
    let conn = given;
    if (!(given instanceof HandleConn) && !(given instanceof SocketConn)) {
      requireNetConn(given);
      conn = new GuardedConn(given, (error) => this.#core.options.onFault(error, undefined));
    }
    if (this.#isClosed) {
      conn.close();
      return;
    }
    this.#core.sweep.start();
    new Opening(this.#core, conn).begin();
  }

  forEachConnection(visit: (conn: WebSocketConn) => void): void {
    for (const conn of this.#core.connections.values())
      if (conn.state === ConnState.Open) visit(conn.app);
  }

  connection(id: ConnId): WebSocketConn | undefined {
    const conn = this.#core.connections.get(id);
    return conn?.state === ConnState.Open ? conn.app : undefined;
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    return this.#core.topics.publish(topic, message, options);
  }

  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    return this.#core.topics.deliver(topic, bytes, start, end, isBinary);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#descriptors.stop();
    this.#listener.close();
    this.#core.close();
    this.#onClose();
  }
}
