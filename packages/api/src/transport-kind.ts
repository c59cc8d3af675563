// The part that a server makes its transports with: one kind, one transport for each reactor.
import type { Transport, TransportFeatures, TransportOptions } from './transport.js';

/**
 * A kind of transport. `uws` and `net` come along; an application or an operator may name another.
 * Every reactor loads the kind on its own thread and makes one transport with it.
 */
export interface TransportKind {
  /**
   * The name that the log, `/stats.json` and `ws_build_info` show: 1 to 32 letters, digits, dots,
   * dashes and underscores.
   */
  readonly name: string;
  /** What every transport of this kind can and cannot do. Known before one is made. */
  readonly features: TransportFeatures;
  /**
   * Makes the transport of the calling reactor. The transport accepts nothing before its `listen`.
   * Whatever it holds goes with its `close`, which runs when the thread ends, too.
   * @throws anything (as a rejection), where no transport can be made; the reactor fails then
   */
  create(options: TransportOptions): Promise<Transport>;
}
