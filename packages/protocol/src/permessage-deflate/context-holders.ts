// The messages that hold a context until their last frame comes.

/** A message that holds a context while it is not complete. */
export interface ContextHolder {
  /** The peers with one name share the blame for what they hold. */
  readonly peer: string;
  /** Takes the context away. The connection cannot go on after that. */
  loseContext(): void;
}

/** The holders, by peer. The peer with the most contexts loses its oldest one first. */
export class ContextHolders {
  readonly #byPeer = new Map<string, Set<ContextHolder>>();

  add(holder: ContextHolder): void {
    const known = this.#byPeer.get(holder.peer);
    if (known === undefined) this.#byPeer.set(holder.peer, new Set([holder]));
    else known.add(holder);
  }

  delete(holder: ContextHolder): void {
    const known = this.#byPeer.get(holder.peer);
    if (known === undefined || !known.delete(holder) || known.size > 0) return;
    this.#byPeer.delete(holder.peer);
  }

  /** The next holder to lose its context. Of peers that hold equally many, the first one loses. */
  next(): ContextHolder | undefined {
    let most: Set<ContextHolder> | undefined;
    for (const holders of this.#byPeer.values()) {
      if (most === undefined || holders.size > most.size) most = holders;
    }
    const [oldest] = most ?? [];
    return oldest;
  }
}
