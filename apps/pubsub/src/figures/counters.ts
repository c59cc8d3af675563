/** What one reactor counts of one tenant, from its start on. */
export interface Counters {
  /** Messages said and published. */
  said: number;
  /** Copies of them that are due to members, on all reactors. */
  due: number;
  /** Times that a message was lost for one whole reactor, because the lane to it was full. */
  lostOnLanes: number;
  /** Copies that were lost because the queue of a slow member was full. */
  lostInQueues: number;
  /** Connections that were refused by the quota. */
  refusedConnections: number;
  /** Rooms that were refused by the quota. */
  refusedTopics: number;
  /** Messages that were refused by the quota on their rate. */
  refusedSays: number;
}

/** Counters that stand at 0. */
export function newCounters(): Counters {
  return {
    said: 0,
    due: 0,
    lostOnLanes: 0,
    lostInQueues: 0,
    refusedConnections: 0,
    refusedTopics: 0,
    refusedSays: 0,
  };
}

/** Adds one set of counters to another. */
export function addCounters(sum: Counters, more: Counters): void {
  for (const name of Object.keys(sum) as (keyof Counters)[]) sum[name] += more[name];
}
