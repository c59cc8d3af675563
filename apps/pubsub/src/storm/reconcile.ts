/** Copies of one message that were due on one reactor, none of which arrived. */
export type Unseen = number;

/** The copies that have not arrived, and the losses that the server has counted. */
export interface Account {
  readonly unseen: readonly Unseen[];
  /** Copies that did not arrive on a reactor where other copies of the same message arrived. */
  readonly partly: number;
  /** Messages that the server lost for a whole reactor. */
  readonly lostOnLanes: number;
  /** Copies that the server lost in the queues of slow members. */
  readonly lostInQueues: number;
}

/**
 * Whether the counted losses explain exactly the copies that have not arrived. It is unknown which
 * of them were lost on a lane. So the check looks for a choice of lane losses after which the rest
 * is exactly the losses of the queues.
 */
export function isExplained({ unseen, partly, lostOnLanes, lostInQueues }: Account): boolean {
  const inQueues = unseen.length - lostOnLanes;
  if (inQueues < 0) return false;
  const sizes = unseen.toSorted((a, b) => a - b);
  const sum = (some: readonly number[]): number => some.reduce((total, size) => total + size, 0);
  const rest = lostInQueues - partly;
  return rest >= sum(sizes.slice(0, inQueues)) && rest <= sum(sizes.slice(sizes.length - inQueues));
}
