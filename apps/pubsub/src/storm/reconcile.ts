/** Copies of one message that were due on one reactor, none of which arrived. */
export type Unseen = number;

/** What has not arrived, and what the server has counted as lost. */
export interface Account {
  readonly unseen: readonly Unseen[];
  /** Copies that did not arrive on reactors where others of the same message did. */
  readonly partly: number;
  /** Times that the server lost a message for a whole reactor. */
  readonly lostOnLanes: number;
  /** Copies that the server lost in the queues of slow members. */
  readonly lostInQueues: number;
}

/**
 * Whether the losses that the server has counted are exactly what has not arrived. Which of the
 * unseen were lost on a lane is not known: what remains of them when the lanes have had their share
 * must be what the queues have lost, for some choice.
 */
export function isExplained({ unseen, partly, lostOnLanes, lostInQueues }: Account): boolean {
  const inQueues = unseen.length - lostOnLanes;
  if (inQueues < 0) return false;
  const sizes = unseen.toSorted((a, b) => a - b);
  const sum = (some: readonly number[]): number => some.reduce((total, size) => total + size, 0);
  const rest = lostInQueues - partly;
  return rest >= sum(sizes.slice(0, inQueues)) && rest <= sum(sizes.slice(sizes.length - inQueues));
}
