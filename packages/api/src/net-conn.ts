/**
 * Whom a connection of bytes tells what happens to it, in order: from the event loop, never from
 * inside of a call on the connection. After `closed`, and after the owner's own `close` or `abort`,
 * nothing more is called. A method must not throw.
 */
export interface NetSink {
  /**
   * `bytes[start..end)` came, one or more. They are the sink's to read and to change until the call
   * returns.
   */
  received(bytes: Uint8Array, start: number, end: number): void;
  /**
   * The peer has shut its sending side: nothing more comes, and what is written still goes out. At
   * most once.
   */
  ended(): void;
  /** All that waited has gone: `bufferedBytes`, which was not 0, is. */
  drained(): void;
  /** The connection is lost, by the peer or by a fault: `error` says what the system said. */
  closed(error: Error | undefined): void;
}

/**
 * Memory that a write is given along with its bytes: ended by the connection once it is done with
 * them.
 */
export interface WriteLease {
  release(): void;
}

/**
 * A connection as bytes in, bytes out, close: TCP, TLS, a pair in memory, a network stack in user
 * space. It knows no WebSocket. It belongs to one thread. Deadlines are the owner's: it aborts when
 * one has passed.
 */
export interface NetConn {
  /**
   * Numeric address of the peer; an IPv4 peer of an IPv6 socket in dotted form; empty where there
   * is none.
   */
  readonly remoteAddress: string;
  /** Bytes written that neither the kernel nor what stands for it has taken yet. 0 once closed. */
  readonly bufferedBytes: number;
  /**
   * Starts to read, before anything else is called. A second call puts another sink in the place of
   * the first.
   */
  start(sink: NetSink): void;
  /**
   * Writes `bytes[start..end)`: one call, one write, so gather before. Never throws on a dead peer.
   * @param lease given, it holds the bytes, and passes to the connection; without one they are the
   * caller's again on return
   * @returns whether all of it has been taken; else `drained` follows, or the end of the connection
   */
  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean;
  /**
   * Reads no more, so that the peer comes to a stop, until `resume`. What is at hand already may
   * still come. Idempotent.
   */
  pause(): void;
  resume(): void;
  /** Shuts the sending side, behind what was written; reading goes on. Idempotent. */
  shutdown(): void;
  /**
   * Ends both directions. What waits is dropped; what the kernel has taken still goes out.
   * Idempotent.
   */
  close(): void;
  /**
   * Ends both directions at once and lets the peer know by a reset where the network can; nothing
   * more goes out. Idempotent.
   */
  abort(): void;
}

/** Where a listener listens: a host and port, or the path of a Unix socket. */
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

/** The server side of {@link NetConn}. */
export interface NetListener {
  /**
   * Starts to accept, once. Resolves with the port, or 0 for a Unix socket.
   * @param accept is handed each connection, which it has to start or close before it returns
   * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE, HIOLOAD_OPTION_INVALID, HIOLOAD_STATE
   * (as a rejection)
   */
  listen(address: NetAddress, accept: (conn: NetConn) => void): Promise<number>;
  /** Stops to accept; connections live on. Idempotent. */
  close(): void;
}
