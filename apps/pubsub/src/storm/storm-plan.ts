// Plans the connections of a storm: the tenant and the rooms of each.
import type { StormOptions } from './storm-options.js';
import type { Random } from './random.js';
import { Zipf } from './zipf.js';

/** A connection to make. */
export interface PlannedConnection {
  readonly tenant: string;
  /** The rooms that the connection joins, each once. */
  readonly rooms: readonly string[];
}

/** The name of a tenant, from 0. */
export const tenantName = (index: number): string => `storm-${index + 1}`;

/** The name of a room by its rank: room 0 gets most messages. */
export const roomName = (rank: number): string => `topic-${rank + 1}`;

/**
 * Divides connections and topics among the tenants. A connection gets half of its topics in turn,
 * so that cold topics have subscribers too. It gets the other half by chance, where hot topics are
 * more likely.
 */
export function planConnections(options: StormOptions, random: Random): PlannedConnection[] {
  const { tenants, connections, skew } = options;
  const topics = Math.max(1, Math.floor(options.topics / tenants));
  const perConnection = Math.min(topics, options.topicsPerConnection);
  const hot = new Zipf(topics, skew, random);
  const dealt = Array.from({ length: tenants }, () => 0);
  return Array.from({ length: connections }, (_, index) => {
    const tenant = index % tenants;
    const ranks = new Set<number>();
    while (ranks.size < Math.ceil(perConnection / 2)) ranks.add(dealt[tenant]!++ % topics);
    // When nearly all topics are taken, chance would take long to find the rest.
    for (let tries = 0; ranks.size < perConnection && tries < 20 * perConnection; tries++)
      ranks.add(hot.pick());
    return { tenant: tenantName(tenant), rooms: [...ranks].map(roomName) };
  });
}
