/** The contract of a byte connection, and of the network listener that accepts it. */

/**
 * The receiver of the events of a byte connection, in order. The connection calls it from the event
 * loop, and never from inside of a call on the connection. After `closed`, and after the owner
 * calls `close` or `abort`, no method is called again. A method must not throw.
 */
export interface NetSink {
  /**
   * `bytes[start..end)` arrived, at least one byte. The sink may read and change them until the
   * call returns.
   */
  received(bytes: Uint8Array, start: number, end: number): void;
  /**
   * The peer has shut its sending side. No more bytes arrive, and written bytes still go out.
   * Called at most once.
   */
  ended(): void;
  /** All waiting bytes have gone out: `bufferedBytes` has become 0. */
  drained(): void;
  /** The connection is lost, by the peer or by a fault. `error` is the error of the system. */
  closed(error: Error | undefined): void;
}

/**
 * The lease on the bytes of a write. The connection releases the lease when it no longer needs the
 * bytes.
 */
export interface WriteLease {
  release(): void;
}

/**
 * A connection that carries bytes: TCP, TLS, a pair in memory, or a network stack in user space. It
 * knows nothing about WebSockets. It belongs to one thread. It has no deadlines: its owner aborts
 * it when a deadline has passed.
 */
export interface NetConn {
  /**
   * The numeric address of the peer. An IPv4 peer has the dotted form, also on an IPv6 socket.
   * Empty if the peer has no address.
   */
  readonly remoteAddress: string;
  /** Written bytes that the kernel, or the network stack, has not taken yet. 0 once closed. */
  readonly bufferedBytes: number;
  /**
   * Starts to read. The owner calls it before any other method. A second call replaces the sink.
   */
  start(sink: NetSink): void;
  /**
   * Writes `bytes[start..end)`. Each call is one write, so the owner gathers small pieces before.
   * Never throws because of the peer.
   * @param lease the lease on the bytes, which passes to the connection. Without a lease, the
   * caller may change the bytes when the call has returned.
   * @returns whether all bytes have been taken; if not, `drained` follows, or the connection ends
   */
  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean;
  /**
   * Stops reading until `resume`, so that the peer must stop sending. Bytes that are already read
   * may still arrive at the sink. Idempotent.
   */
  pause(): void;
  /** Reads again after `pause`. Idempotent. */
  resume(): void;
  /** Shuts the sending side after the written bytes. Reading goes on. Idempotent. */
  shutdown(): void;
  /**
   * Ends both directions. Waiting bytes are dropped; bytes that the kernel has taken still go out.
   * Idempotent.
   */
  close(): void;
  /**
   * Ends both directions at once. No more bytes go out. The peer sees a reset if the network has
   * resets. Idempotent.
   */
  abort(): void;
}

/** The address of a network listener: a host and a port, or the path of a Unix socket. */
export type NetAddress =
  | {
      /** A numeric address, or a name of this machine. */
      readonly host: string;
      /** 0..65535; 0 takes any free port. */
      readonly port: number;
      /** Whether other reactors listen on the same port. */
      readonly shared: boolean;
    }
  | { readonly path: string };

/** The network listener: accepts connections and hands them over as {@link NetConn}. */
export interface NetListener {
  /**
   * Starts to accept connections. May be called once. Resolves with the port, or with 0 for a Unix
   * socket.
   * @param accept gets each connection; it must start or close the connection before it returns
   * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE, HIOLOAD_OPTION_INVALID, HIOLOAD_STATE
   * (as a rejection)
   */
  listen(address: NetAddress, accept: (conn: NetConn) => void): Promise<number>;
  /** Stops accepting connections. Open connections live on. Idempotent. */
  close(): void;
}
