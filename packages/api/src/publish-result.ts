/**
 * How far a published message went. One of a few frozen objects: do not compare by identity, do not
 * change.
 */
export interface PublishResult {
  /**
   * Reactors that took it because they may have a subscriber; the publishing one counts where it
   * has one.
   */
  readonly reactors: number;
  /**
   * Reactors that would have taken it and that it could not be handed to: their lane was full, the
   * slab had no block for a message of that length, or it is longer than any may be. For these it
   * is lost, and counted by reason.
   */
  readonly lanesFull: number;
}

/**
 * Results made so far: by `lanesFull`, then by `reactors`. As many as a machine has pairs of them.
 */
const made: PublishResult[][] = [];

/**
 * The result with these figures, each 0 or more; the same frozen object each time, so that
 * publishing allocates nothing.
 */
export function publishResult(reactors: number, lanesFull: number): PublishResult {
  return made[lanesFull]?.[reactors] ?? make(reactors, lanesFull);
}

function make(reactors: number, lanesFull: number): PublishResult {
  const result = Object.freeze({ reactors, lanesFull });
  (made[lanesFull] ??= [])[reactors] = result;
  return result;
}
