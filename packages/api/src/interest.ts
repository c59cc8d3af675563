/** A number of 32 bits that stands for a topic; different topics may have the same. */
export type TopicHash = number;

/** One reactor's entries in the map of who has subscribers; one thread writes them. */
export interface InterestWriter {
  /** Notes one more topic with a subscriber. All reactors see it before the call returns. */
  add(topic: TopicHash): void;
  /** Takes one back; exactly once per `add`. @throws HIOLOAD_STATE where nothing was noted */
  remove(topic: TopicHash): void;
}

/**
 * Tells which reactors may have subscribers. May name one that has none; never leaves out one that
 * has.
 */
export interface InterestReader {
  /** How many masks there are: reactors / 32, rounded up. */
  readonly maskCount: number;
  /**
   * Mask `index`, a bit per reactor: bit `b` stands for reactor `32 * index + b`. The sign bit is
   * reactor 31's.
   */
  mask(topic: TopicHash, index: number): number;
}
