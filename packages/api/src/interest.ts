/** The map that tells which reactors may have subscribers of a topic. */

/** A hash of a topic, 32 bits. Two topics may have the same hash. */
export type TopicHash = number;

/** The entries of one reactor in the map. One thread writes them. */
export interface InterestWriter {
  /** Adds one topic with a subscriber. All reactors see the entry before the call returns. */
  add(topic: TopicHash): void;
  /** Removes one topic; once per `add`. @throws HIOLOAD_STATE if the map has no such entry */
  remove(topic: TopicHash): void;
}

/**
 * Tells which reactors may have subscribers. The answer may name a reactor without subscribers. It
 * never leaves out a reactor with subscribers.
 */
export interface InterestReader {
  /** The number of masks: reactors / 32, rounded up. */
  readonly maskCount: number;
  /**
   * The mask `index`, with one bit per reactor: bit `b` stands for reactor `32 * index + b`. The
   * sign bit is bit 31.
   */
  mask(topic: TopicHash, index: number): number;
}
