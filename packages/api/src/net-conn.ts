/* Connections of bytes and their listener: the border between WebSocket and the network. */

/**
 * A lease on memory. Its holder calls `release` exactly once. The memory goes back to its owner
 * when the last lease has ended.
 */
export interface WriteLease {
  /** Ends the lease. Calls no sink. */
  release(): void;
}

/**
 * The loan of a read buffer, for the time of one call of {@link NetSink.received}. A sink that
 * needs the bytes longer retains them.
 */
export interface ReadLease {
  /**
   * Keeps the bytes of the call in place until `release` of the returned lease, which may come at
   * any time: within the call, much later, and after the end of the connection. Each call gives one
   * more lease. A write of the same bytes may take the lease. Allowed only until `received`
   * returns.
   */
  retain(): WriteLease;
}

/**
 * The owner of a connection, as the connection sees it. The connection calls the sink from the
 * event loop, in the order of the events, and never from within a call on the connection or on a
 * lease. After `closed`, and after the owner's own `close` or `abort`, the connection calls nothing
 * more. A method must not throw.
 */
export interface NetSink {
  /**
   * The bytes `bytes[start..end)` came, one or more. The sink may read and change them until the
   * call returns.
   * @param lease present where the connection can lend its read buffer. The connection does not use
   * a retained buffer before all leases on it have ended. A connection has few buffers: while all
   * of them are retained, the connection reads nothing. So a sink limits what it retains, and for
   * how long. A connection that reads everything into one buffer passes no lease.
   */
  received(bytes: Uint8Array, start: number, end: number, lease?: ReadLease): void;
  /**
   * The peer has shut its sending side: no more bytes come. Written bytes still go out. Called at
   * most once. After both sides have ended, the connection stays until its owner calls `close`;
   * `closed` is not called for that.
   */
  ended(): void;
  /** All waiting bytes have left: `bufferedBytes` was above 0 and is 0 now. */
  drained(): void;
  /**
   * The connection is lost, by the peer or by a fault. @param error of the system, if it has one
   */
  closed(error: Error | undefined): void;
}

/**
 * A connection of bytes: TCP, TLS, a pair in memory, a network stack in user space. It knows no
 * WebSocket. It belongs to one thread. It has no deadlines: the owner aborts the connection when a
 * deadline has passed.
 */
export interface NetConn {
  /**
   * Numeric address of the peer; an IPv4 peer of an IPv6 socket in dotted form; empty where there
   * is none. All connections with an empty address count as one address.
   */
  readonly remoteAddress: string;
  /**
   * Written bytes that have not left yet: the kernel, or the network stack in its place, has not
   * taken them. 0 after the connection has closed.
   */
  readonly bufferedBytes: number;
  /**
   * Starts to read. The owner calls `start` before any other method. A later call replaces the
   * sink.
   */
  start(sink: NetSink): void;
  /**
   * Writes `bytes[start..end)`. Each call is one write to the network, so the owner gathers bytes
   * first. The call does not throw if the peer is dead.
   *
   * Without a lease, the caller may change the bytes as soon as the call returns. With a lease, the
   * connection may read the bytes in place until it releases the lease. Until then no code may
   * change them.
   * @param lease belongs to the connection, which releases it exactly once, when the last of the
   * bytes has left: for a socket that reports completions, that is the completion of the write.
   * This happens within the call where the kernel takes all bytes at once. After `close`, `abort`
   * or a loss, the connection releases the lease when nothing reads the bytes any more, which may
   * be later than that call. On a closed connection the lease is released within the call
   * @returns whether no bytes wait: `bufferedBytes` is 0, and the connection is open. After false,
   * either `drained` or the end of the connection follows
   */
  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean;
  /**
   * Stops reading until `resume`, so that the peer has to wait. Bytes that were read before may
   * still come. A second call does nothing.
   */
  pause(): void;
  resume(): void;
  /**
   * Shuts the sending side after the written bytes have gone out. Reading continues. A second
   * call does nothing.
   */
  shutdown(): void;
  /**
   * Ends both directions. Waiting bytes are dropped; bytes that the kernel has taken still go out.
   * A second call does nothing.
   */
  close(): void;
  /**
   * Ends both directions at once, with a reset where the network has resets. No more bytes go out.
   * A second call does nothing.
   */
  abort(): void;
}

/** The address of a listener: a host and port, or the path of a Unix socket. */
export type NetAddress =
  | {
      /** Numeric address or name of this machine. */
      readonly host: string;
      /** 0..65535; 0 takes a free port. */
      readonly port: number;
      /** Whether other reactors are going to listen there too. */
      readonly shared: boolean;
    }
  | { readonly path: string };

/** A network listener: the source of the connections of one reactor. */
export interface NetListener {
  /**
   * Starts to accept. Allowed once. Resolves with the port, or with 0 if the network has no ports.
   * @param accept gets each connection, and starts or closes it before it returns
   * @throws HIOLOAD_PORT_IN_USE if the address is taken, HIOLOAD_ADDRESS_UNAVAILABLE if it cannot
   * be bound, HIOLOAD_OPTION_INVALID, HIOLOAD_STATE (all as a rejection)
   */
  listen(address: NetAddress, accept: (conn: NetConn) => void): Promise<number>;
  /** Stops accepting. Open connections stay open. A second call does nothing. */
  close(): void;
}
