/** The kind of transport that a server uses: it makes one transport for each reactor. */
import type { Transport, TransportFeatures, TransportOptions } from './transport.js';

/**
 * A kind of transport. The framework has the kinds `uws` and `net`. An application or an operator
 * may name a kind of their own. Every reactor loads the kind on its own thread, and makes one
 * transport with it.
 */
export interface TransportKind {
  /**
   * The name that the log, `/stats.json` and `ws_build_info` show: 1 to 32 letters, digits, dots,
   * dashes and underscores.
   */
  readonly name: string;
  /** The features of every transport of this kind. They are known before a transport is made. */
  readonly features: TransportFeatures;
  /**
   * Makes the transport of the calling reactor. The transport accepts no connection before its
   * `listen`. Its `close` frees all that it holds, and runs at the end of the thread, too.
   * @throws any error (as a rejection) if the transport cannot be made; the reactor then fails
   */
  create(options: TransportOptions): Promise<Transport>;
}
