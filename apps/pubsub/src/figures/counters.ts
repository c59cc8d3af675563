/** What one reactor counts of one tenant, from its start on. */
export interface Counters {
  /** Messages that members said and the server published. */
  said: number;
  /** Copies of those messages that members must get, on all reactors. */
  due: number;
  /** Messages lost for one whole reactor, because the lane to it was full. */
  lostOnLanes: number;
  /** Copies lost because the queue of a slow member was full. */
  lostInQueues: number;
  /** Connections that the quota refused. */
  refusedConnections: number;
  /** Rooms that the quota refused. */
  refusedTopics: number;
  /** Messages that the quota on their rate refused. */
  refusedSays: number;
}

/** Makes counters that are all 0. */
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
