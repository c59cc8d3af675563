/** The contract of a transport, and the options that it is made with. */
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

/** A rule of the standard or of the framework that a transport does not follow. */
export interface Exemption {
  /**
   * A stable, short name, such as `mask-bit-unchecked`. The id `no-compression` says that no
   * connection is ever compressed: the server then warns if an application asks for compression.
   */
  readonly id: string;
  /** The rule, with its source. */
  readonly rule: string;
  /** The behaviour of the transport instead. */
  readonly instead: string;
}

/** The abilities and the exemptions of a transport. They are known before a peer connects. */
export interface TransportFeatures {
  /**
   * Whether several reactors may serve side by side. With ports, all of them listen on one port,
   * and the kernel hands each connection to one of them. Without ports, each reactor has an address
   * of its own. If false, the server has one reactor.
   */
  readonly sharesPort: boolean;
  /**
   * False if the network has no ports, as with Unix sockets. The server then leaves the port of its
   * options alone, and has no URL. Default: true.
   */
  readonly usesPort?: boolean;
  /**
   * The rules that the transport does not follow. `/stats.json` shows them; the log names those of
   * a kind of the user.
   */
  readonly exemptions: readonly Exemption[];
}

/** The address that a transport listens on. */
export interface ListenAddress {
  /** A numeric address, or a name of this machine. */
  readonly host: string;
  /** 0..65535; 0 takes any free port. */
  readonly port: number;
  /** Whether other reactors listen on the same port. */
  readonly shared: boolean;
}

/** The options that a transport is made with. */
export interface TransportOptions<Data = unknown> {
  readonly handlers: ConnectionHandlers<Data>;
  readonly path: string;
  readonly protocols: readonly string[];
  readonly allowedOrigins: readonly string[];
  /**
   * The hosts that a request may name, as `isHostAllowed` takes them. Any other request is answered
   * with 421, also where it asks for a page. Default: every host.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * The pages, by exact path. A GET or HEAD of such a path, with any query, that is not a handshake
   * is answered with the page: 200 with `Content-Length` and `Cache-Control: no-cache`. Then the
   * connection is closed. No hook and no admission is asked, and `Metric.PagesSent` counts the
   * answer. Default: no pages.
   */
  readonly pages?: ReadonlyMap<string, Page>;
  /** Compression for clients that offer it. Default: no compression. */
  readonly compression?: CompressionOptions | undefined;
  readonly limits: Limits;
  readonly whenBufferFull: BufferFullPolicy;
  readonly admission: Admission;
  readonly metrics: Metrics;
  /** The pools that the transport takes its blocks and its objects from. */
  readonly pools: ThreadPools;
  /** The id of the first connection, 1 or more. Each later connection has the next number. */
  readonly firstConnId: number;
  /** The way to the other reactors; absent for a transport that stands alone. */
  readonly uplink?: Uplink;
  /**
   * Called for each request that is refused because of its origin or its host. The function must
   * not throw.
   * @param value the refused origin or host
   * @param host the host that the request names
   */
  onRefused?(what: 'origin' | 'host', value: string, host: string): void;
  /**
   * Called each time that no file descriptor is left for a new connection. The function must not
   * throw.
   */
  onDescriptorShortage?(): void;
  /**
   * Called for each hook that threw or rejected, after its connection was closed. The error is
   * `HIOLOAD_HANDLER_FAILED`, with the thrown value as its cause, or `HIOLOAD_UPGRADE_INVALID`.
   * `conn` is undefined for the upgrade hook. The function must not throw.
   */
  onFault(error: HioloadError, conn: WebSocketConn<Data> | undefined): void;
}

/** The WebSocket connections of one reactor. A transport belongs to the thread that made it. */
export interface Transport {
  readonly features: TransportFeatures;
  /** The number of open connections. */
  readonly connectionCount: number;
  /**
   * Starts to accept connections. Resolves with the port, or with 0 if the network of the transport
   * has no ports. The first failed check refuses a
   * handshake: host (421), path (404), origin (403), admission (503 or 429), the upgrade hook.
   * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (as a rejection)
   */
  listen(address: ListenAddress): Promise<number>;
  /** Stops accepting connections. Open connections live on. Idempotent. */
  stopListening(): void;
  /** Calls `visit` for each open connection. `visit` may end the connection. */
  forEachConnection(visit: (conn: WebSocketConn) => void): void;
  /** The open connection with this id; undefined if this transport does not have it. */
  connection(id: ConnId): WebSocketConn | undefined;
  /**
   * Sends a message to every local subscriber of a topic. The message does not go to the uplink.
   * @throws HIOLOAD_TOPIC_INVALID
   */
  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult;
  /**
   * Sends the message `bytes[start..end)` of another reactor to every local subscriber of a topic.
   * The other reactor has checked the topic. The bytes may lie in shared memory. The transport does
   * not use them after the call has returned.
   * @param isBinary whether the message is binary
   * @returns the number of local subscribers
   */
  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number;
  /**
   * Cuts the connections that are left, and frees the native handles. Each `close` hook runs with
   * 1006. Idempotent. No other method may be called after it.
   */
  close(): void;
}
