/* The connections that take a page, and the limit of them. */
import { Metric, type Metrics } from '@hioload/api';

/** A connection that takes a page. */
export interface PageTaker {
  readonly remoteAddress: string;
  /** Cuts the connection, which leaves its place before this returns. */
  cut(): void;
}

/**
 * The places of connections that take a page. No admission counts these connections, so they have a
 * limit of their own. One more takes the place of the oldest one of the address that has the most
 * places. So an address that holds many pages without reading them pays first.
 */
export class PagePlaces {
  readonly #max: number;
  readonly #metrics: Metrics;
  readonly #byAddress = new Map<string, Set<PageTaker>>();
  #size = 0;

  /** @param max 0 for no limit */
  constructor(max: number, metrics: Metrics) {
    this.#max = max;
    this.#metrics = metrics;
  }

  /** Gives a place, for which another connection may be cut. */
  enter(taker: PageTaker): void {
    if (this.#max > 0 && this.#size >= this.#max) this.#makeRoom();
    const { remoteAddress } = taker;
    const known = this.#byAddress.get(remoteAddress);
    if (known === undefined) this.#byAddress.set(remoteAddress, new Set([taker]));
    else known.add(taker);
    this.#size += 1;
  }

  /** Gives a place back. A second call does nothing. */
  leave(taker: PageTaker): void {
    const { remoteAddress } = taker;
    const known = this.#byAddress.get(remoteAddress);
    if (known === undefined || !known.delete(taker)) return;
    this.#size -= 1;
    if (known.size === 0) this.#byAddress.delete(remoteAddress);
  }

  #makeRoom(): void {
    let most: Set<PageTaker> | undefined;
    for (const takers of this.#byAddress.values())
      if (most === undefined || takers.size > most.size) most = takers;
    const [oldest] = most ?? [];
    if (oldest === undefined) return;
    this.#metrics.add(Metric.PagesCut, 1);
    oldest.cut();
  }
}
