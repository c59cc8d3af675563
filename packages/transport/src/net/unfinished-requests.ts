/** What can be made to give up its place. */
export interface Displaceable {
  /** Ends it; it takes itself off before this returns. */
  displace(): void;
}

/**
 * Connections whose request is not whole yet. Each takes memory before anything is known of its
 * peer, so there is a limit, and one that comes beyond it takes the place of the oldest: whoever
 * holds all places with connections that say nothing would else keep everybody out, and a peer that
 * means it needs its place for a round trip only (compare RFC 4987 section 3.4).
 */
export class UnfinishedRequests {
  readonly #max: number;
  /** Oldest first. */
  readonly #all = new Set<Displaceable>();

  /** @param max 0 for any number */
  constructor(max: number) {
    this.#max = max;
  }

  add(request: Displaceable): void {
    if (this.#max > 0 && this.#all.size >= this.#max) {
      const [oldest] = this.#all;
      oldest?.displace();
    }
    this.#all.add(request);
  }

  /** Its request is whole, or it has ended. Idempotent. */
  remove(request: Displaceable): void {
    this.#all.delete(request);
  }
}
