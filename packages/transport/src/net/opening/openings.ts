/* The opening handshakes in progress, and the limit of those that are unfinished. */

/** An opening handshake, as the transport sees it. */
export interface Handshake {
  /** Makes room for another handshake. The handshake leaves the list before this returns. */
  displace(): void;
  /** Ends the handshake without an answer. */
  giveUp(): void;
}

/**
 * All handshakes of a transport. Each takes memory before anything is known of its peer, so the
 * number of those whose request is not whole has a limit. One more takes the place of the oldest
 * one. Otherwise an attacker could hold all places with silent connections and keep everybody out,
 * while an honest peer needs its place for one round trip only (compare RFC 4987 section 3.4).
 */
export class Openings {
  readonly #maxUnfinished: number;
  readonly #all = new Set<Handshake>();
  /** Those whose request is not whole, oldest first. */
  readonly #unfinished = new Set<Handshake>();

  /** @param maxUnfinished 0 for no limit */
  constructor(maxUnfinished: number) {
    this.#maxUnfinished = maxUnfinished;
  }

  /** Adds a handshake whose request is not whole. */
  add(handshake: Handshake): void {
    if (this.#maxUnfinished > 0 && this.#unfinished.size >= this.#maxUnfinished) {
      const [oldest] = this.#unfinished;
      oldest?.displace();
    }
    this.#unfinished.add(handshake);
    this.#all.add(handshake);
  }

  /** Notes that the request of a handshake is whole. */
  finish(handshake: Handshake): void {
    this.#unfinished.delete(handshake);
  }

  /** Takes a handshake off the list. A second call does nothing. */
  remove(handshake: Handshake): void {
    this.#unfinished.delete(handshake);
    this.#all.delete(handshake);
  }

  /** Ends all handshakes without an answer. */
  giveUpAll(): void {
    for (const handshake of this.#all) handshake.giveUp();
  }
}
