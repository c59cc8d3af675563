import type { BytePool, Clock, Extension, NetListener, TransportOptions } from '@hioload/api';

/** What a `net` transport is built from. */
export interface NetTransportOptions<Data = unknown> extends TransportOptions<Data> {
  /**
   * Where bytes are read into and gathered: plain memory of this thread. Default: `pools.bytes`.
   */
  readonly pool?: BytePool;
  /** Where connections come from. Default: TCP and Unix sockets of Node. */
  readonly listener?: NetListener;
  /**
   * `plain` leaves Node's handles alone and takes its sockets as they are documented. Default:
   * `handles`, where they can be used.
   */
  readonly sockets?: 'handles' | 'plain';
  readonly clock?: Clock;
  /**
   * Extensions that a client may agree on, besides the compression that `compression` asks for. A
   * connection has one extension at most: the first that its client offers.
   */
  readonly extensions?: readonly Extension[];
}
