/** The result of a publish, and the table of results that publishing draws from. */

/** The result of a publish: how many reactors took the message. The object is frozen and shared. */
export interface PublishResult {
  /**
   * The number of reactors that took the message, because they may have a subscriber. The
   * publishing reactor counts if it has a subscriber.
   */
  readonly reactors: number;
  /**
   * The number of reactors that may have a subscriber and lost the message. Their lane was full,
   * the slab had no block for a message of this length, or the message is longer than the bus
   * carries. `ws_messages_dropped_total` counts these losses by reason.
   */
  readonly lanesFull: number;
}

/** The results made so far, by `lanesFull` and then by `reactors`. */
const made: PublishResult[][] = [];

/**
 * The result with these figures, each 0 or more. The same figures give the same frozen object, so
 * that publishing allocates nothing.
 */
export function publishResult(reactors: number, lanesFull: number): PublishResult {
  return made[lanesFull]?.[reactors] ?? make(reactors, lanesFull);
}

function make(reactors: number, lanesFull: number): PublishResult {
  const result = Object.freeze({ reactors, lanesFull });
  (made[lanesFull] ??= [])[reactors] = result;
  return result;
}
