import type { Admission } from './admission.js';
import type { Sendable } from './bytes.js';
import type { ConnId, SendOptions, Topic, WebSocketConn } from './connection.js';
import type { HioloadError } from './errors.js';
import type { CompressionOptions } from './compression.js';
import type { ConnectionHandlers } from './handlers.js';
import type { BufferFullPolicy, Limits } from './limits.js';
import type { Metrics } from './metrics.js';
import type { Page } from './page.js';
import type { ThreadPools } from './pool.js';
import type { PublishResult } from './publish-result.js';
import type { Uplink } from './uplink.js';

/** Something that the standard or the framework asks for and that a transport does not do. */
export interface Exemption {
  /** Stable and short, such as `mask-bit-unchecked`. */
  readonly id: string;
  /** What is asked for, with its source. */
  readonly rule: string;
  /** What happens instead. */
  readonly instead: string;
}

/** What a transport can and cannot do, said before a peer finds out. */
export interface TransportFeatures {
  /**
   * Whether several reactors of one process can listen on one port and the kernel shares out the
   * connections.
   */
  readonly sharesPort: boolean;
  readonly exemptions: readonly Exemption[];
}

/** Where to listen. */
export interface ListenAddress {
  /** Numeric address or name of this machine. */
  readonly host: string;
  /** 0..65535; 0 takes a free port. */
  readonly port: number;
  /** Whether other reactors are going to listen there too. */
  readonly shared: boolean;
}

/** What a transport is built from. */
export interface TransportOptions<Data = unknown> {
  readonly handlers: ConnectionHandlers<Data>;
  readonly path: string;
  readonly protocols: readonly string[];
  readonly allowedOrigins: readonly string[];
  /**
   * What a GET or HEAD of exactly such a path, with any query, is answered with where it asks for
   * no WebSocket: 200 with `Content-Length` and `Cache-Control: no-cache`, after which the
   * connection is closed. Nobody is asked, and `Metric.PagesSent` counts it. None where absent.
   */
  readonly pages?: ReadonlyMap<string, Page>;
  /** Compression for clients that offer it. Absent: none. */
  readonly compression?: CompressionOptions | undefined;
  readonly limits: Limits;
  readonly whenBufferFull: BufferFullPolicy;
  readonly admission: Admission;
  readonly metrics: Metrics;
  /** Where the transport takes its blocks and its objects from. */
  readonly pools: ThreadPools;
  /** The id of the first connection, 1 or more; each further one has the next. */
  readonly firstConnId: number;
  /** What lies beyond the transport; absent where it stands alone. */
  readonly uplink?: Uplink;
  /**
   * Told of each hook that threw or rejected, after its connection was closed:
   * `HIOLOAD_HANDLER_FAILED` with what it threw as the cause, or `HIOLOAD_UPGRADE_INVALID`. `conn`
   * is undefined for the upgrade hook. Must not throw.
   */
  onFault(error: HioloadError, conn: WebSocketConn<Data> | undefined): void;
}

/** WebSocket connections over some kind of socket, on the thread that made it. */
export interface Transport {
  readonly features: TransportFeatures;
  /** Open connections. */
  readonly connectionCount: number;
  /**
   * Starts to accept. Resolves with the port. A handshake is refused by the first check it fails:
   * path (404), origin (403), admission (503 or 429), the upgrade hook.
   * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (as a rejection)
   */
  listen(address: ListenAddress): Promise<number>;
  /** Stops to accept; open connections live on. Idempotent. */
  stopListening(): void;
  /** Calls `visit` for each open connection; `visit` may end it. */
  forEachConnection(visit: (conn: WebSocketConn) => void): void;
  /** The open connection of that id, if it lives here. */
  connection(id: ConnId): WebSocketConn | undefined;
  /**
   * Sends a message to every local subscriber of a topic, and does not ask the uplink. @throws
   * HIOLOAD_TOPIC_INVALID
   */
  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult;
  /**
   * Sends bytes that another reactor published, `start` up to `end` of `bytes`, to every local
   * subscriber of a topic that was checked there. They may lie in shared memory, and are the
   * caller's again on return.
   * @param isBinary whether it goes out as a binary message
   * @returns how many subscribers there were
   */
  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number;
  /**
   * Cuts whatever is left, so that each `close` handler runs (1006), and frees the native handles.
   * Idempotent; nothing may be called after it.
   */
  close(): void;
}
