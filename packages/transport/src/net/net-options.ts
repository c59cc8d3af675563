/* The options of the transport `net`. */
import type { BytePool, Clock, Extension, NetListener, TransportOptions } from '@hioload/api';

/** The options of every transport, and the parts of `net` that a user may replace. */
export interface NetTransportOptions<Data = unknown> extends TransportOptions<Data> {
  /**
   * The pool for read and write buffers. Its memory must be plain, not shared. Default:
   * `pools.bytes`.
   */
  readonly pool?: BytePool;
  /** The source of connections. Default: TCP and Unix sockets of Node. */
  readonly listener?: NetListener;
  /**
   * The kind of Node's sockets: `handles` are faster and not documented, `plain` are sockets as
   * Node documents them. Default: `handles`, where a check at the start finds them usable.
   */
  readonly sockets?: 'handles' | 'plain';
  /** The clock of all deadlines. Default: the clock of the system. */
  readonly clock?: Clock;
  /**
   * Extensions that a client may agree on, besides the compression that `compression` asks for. A
   * connection has one extension at most: the first in the client's order that one of these
   * accepts.
   */
  readonly extensions?: readonly Extension[];
}
