// The surroundings that the cases of the transport contract need.
import type { Transport, TransportOptions } from '@hioload/api';

/** A message as a peer received it. */
export interface PeerMessage {
  readonly isBinary: boolean;
  readonly bytes: Uint8Array;
}

/** How a connection ended, as its peer sees it: 1005 without a code, 1006 where it was cut. */
export interface PeerClose {
  readonly code: number;
  readonly reason: string;
}

/**
 * A client with an open connection. Whatever happens to it may show a little later than it was
 * done.
 */
export interface Peer {
  /** The subprotocol agreed upon, or the empty string. */
  readonly protocol: string;
  /** Header fields of the answer, by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly received: readonly PeerMessage[];
  readonly pings: readonly Uint8Array[];
  readonly pongs: readonly Uint8Array[];
  readonly closedWith: PeerClose | undefined;
  send(message: string | Uint8Array): void;
  ping(payload: Uint8Array): void;
  pong(payload: Uint8Array): void;
  /** Sends a close frame, without a code where none is given. */
  close(code?: number, reason?: string): void;
  /** Is gone without a close frame. */
  vanish(): void;
  stopReading(): void;
  resumeReading(): void;
}

/** How a handshake ended. */
export type HandshakeOutcome =
  | { readonly kind: 'open'; readonly peer: Peer }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly body: string;
      readonly headers: ReadonlyMap<string, string>;
    }
  /** Nobody listens, or the connection broke before an answer. */
  | { readonly kind: 'unreachable' };

/** A handshake that is under way. */
export interface Knock {
  readonly outcome: Promise<HandshakeOutcome>;
  /** Goes away before the answer. */
  abandon(): void;
}

export interface KnockOptions {
  /** Path with its query. Default: `/`. */
  readonly path?: string;
  /** Subprotocols, of which the answer has to name one. */
  readonly protocols?: readonly string[];
  /** Header fields; a list stands for repeated fields. */
  readonly headers?: Fields;
}

/** Header fields of a request; a list stands for repeated fields. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A request that asks for no WebSocket. */
export interface PlainRequest {
  /** Path with its query. */
  readonly path: string;
  /** Default: `GET`. */
  readonly method?: string;
  readonly headers?: Fields;
  /** Whether the request has a Host field. Default: true. */
  readonly hasHost?: boolean;
}

/** The answer to it; the server has closed the connection when it is here. */
export interface PlainAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** Makes the clients of one kind of transport. */
export interface PeerDriver {
  knock(transport: Transport, port: number, options: KnockOptions): Knock;
  request(transport: Transport, port: number, request: PlainRequest): Promise<PlainAnswer>;
}

/**
 * Everything that a case needs of one kind of transport; made for one case and disposed of after
 * it.
 */
export interface TransportHarness {
  readonly driver: PeerDriver;
  build(options: TransportOptions): Promise<Transport>;
  /** Lets time pass: at least so many milliseconds. */
  elapse(ms: number): Promise<void>;
  /** Has a foreign socket listen on a port that it returns. */
  occupyPort(): Promise<number>;
  /** Ends clients and foreign sockets; the transports are closed by then. */
  dispose(): Promise<void>;
}
