/** The request of a handshake, and the decision of the upgrade hook about it. */

/**
 * The request of an opening handshake (RFC 6455 section 4.2). It is a copy: the hook may keep it,
 * and may use it after an await.
 */
export interface UpgradeRequest {
  /** The path without the query, as the client sent it (not decoded). It starts with a slash. */
  readonly path: string;
  /** The part after the question mark, or the empty string. */
  readonly query: string;
  /**
   * The header fields, by name in lower case; a character of a value is an octet (Latin-1). Values
   * of repeated fields are joined: of Cookie by `; `, of others by `, `. A request that repeats a
   * field of one value, such as Origin or Authorization, is answered with 400.
   */
  readonly headers: ReadonlyMap<string, string>;
  /** The subprotocols that the client offers, in its order of preference. */
  readonly protocols: readonly string[];
  readonly remoteAddress: string;
  /**
   * Aborted if the client goes away, or the deadline passes, before the hook has decided. A
   * listener of the signal runs outside of the hook: an error that it throws is uncaught and ends
   * the reactor.
   */
  readonly signal: AbortSignal;
}

/** The status codes with which a hook may refuse a handshake. */
export type RefusalStatus = 400 | 401 | 402 | 403 | 404 | 409 | 410 | 421 | 429 | 500 | 503;

/** Accepts the handshake. */
export interface UpgradeAccept<Data> {
  readonly status: 101;
  /** Becomes `conn.data`. */
  readonly data: Data;
  /**
   * The subprotocol of the connection, one of `request.protocols`. Default: the first one in the
   * list of the application that the client offers.
   */
  readonly protocol?: string;
  /**
   * More header fields of the answer. Fields that the framework writes itself (`Connection`,
   * `Sec-WebSocket-...`) are not allowed here.
   */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refuses the handshake with an HTTP answer. */
export interface UpgradeRefuse {
  readonly status: RefusalStatus;
  /** The body of the answer. Default: the standard words of the status. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The decision of an upgrade hook. */
export type UpgradeDecision<Data> = UpgradeAccept<Data> | UpgradeRefuse;
