/* The connections that are getting a page, and the limit on their number. */
import { addressKey, type Limits, Metric, type Metrics } from '@hioload/api';

/** A connection that is getting a page. */
export interface PageTaker {
  readonly remoteAddress: string;
  /** Cuts the connection, which leaves its place before this returns. */
  cut(): void;
}

/**
 * The places of connections that are getting a page. No admission counts these connections, so they
 * have a limit of their own. When no place is free, the address with the most places loses its
 * oldest connection. So an address that holds many pages without reading them loses first.
 */
export class PagePlaces {
  readonly #max: number;
  readonly #metrics: Metrics;
  readonly #prefixBits: number;
  readonly #byAddress = new Map<string, Set<PageTaker>>();
  #size = 0;

  constructor(limits: Pick<Limits, 'maxPageConnections' | 'ipv6PrefixBits'>, metrics: Metrics) {
    this.#max = limits.maxPageConnections;
    this.#prefixBits = limits.ipv6PrefixBits;
    this.#metrics = metrics;
  }

  /** Gives a place. Another connection may be cut to make the place free. */
  enter(taker: PageTaker): void {
    if (this.#max > 0 && this.#size >= this.#max) this.#makeRoom();
    const key = this.#keyOf(taker);
    const known = this.#byAddress.get(key);
    if (known === undefined) this.#byAddress.set(key, new Set([taker]));
    else known.add(taker);
    this.#size += 1;
  }

  /** Gives a place back. A second call does nothing. */
  leave(taker: PageTaker): void {
    const key = this.#keyOf(taker);
    const known = this.#byAddress.get(key);
    if (known === undefined || !known.delete(taker)) return;
    this.#size -= 1;
    if (known.size === 0) this.#byAddress.delete(key);
  }

  #keyOf({ remoteAddress }: PageTaker): string {
    return addressKey(remoteAddress, this.#prefixBits);
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
