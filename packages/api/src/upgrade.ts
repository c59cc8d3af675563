/**
 * An opening handshake (RFC 6455 section 4.2), copied out of the transport: yours to keep, also
 * across an await.
 */
export interface UpgradeRequest {
  /** Path without the query, starting with a slash, as it was sent (not decoded). */
  readonly path: string;
  /** What follows the question mark, or the empty string. */
  readonly query: string;
  /** Values by lower-case name; of repeated fields the values joined by a comma and a space. */
  readonly headers: ReadonlyMap<string, string>;
  /** Subprotocols the client offers, in its order of preference. */
  readonly protocols: readonly string[];
  readonly remoteAddress: string;
  /**
   * Aborted when the client goes away, or the deadline passes, before the hook has decided. A
   * listener runs outside of the hook: what it throws is an uncaught error, which costs the
   * reactor.
   */
  readonly signal: AbortSignal;
}

/** Status with which a hook may refuse a handshake. */
export type RefusalStatus = 400 | 401 | 402 | 403 | 404 | 409 | 410 | 421 | 429 | 500 | 503;

/** Accepts the handshake. */
export interface UpgradeAccept<Data> {
  readonly status: 101;
  /** Becomes `conn.data`. */
  readonly data: Data;
  /**
   * A subprotocol out of `request.protocols`; without one the first that the application lists and
   * the client offers.
   */
  readonly protocol?: string;
  /**
   * Further header fields of the answer. Those that the framework writes (`Connection`,
   * `Sec-WebSocket-...`) are refused.
   */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refuses the handshake with an HTTP answer. */
export interface UpgradeRefuse {
  readonly status: RefusalStatus;
  /** The body of the answer; a word of the status where absent. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type UpgradeDecision<Data> = UpgradeAccept<Data> | UpgradeRefuse;
