// The rooms of a storm, with the number of their members on each reactor.
import type { StormConnection } from './storm-connection.js';

/** A room of a tenant, with its members. */
export interface StormTopic {
  readonly tenant: string;
  readonly room: string;
  readonly members: StormConnection[];
  /** The number of members on each reactor. */
  readonly membersOn: number[];
  /** Messages that were said there and accepted by the server. */
  said: number;
}

/** The rooms that the connections are in, by tenant, the hottest first. */
export function topicsOf(
  connections: readonly StormConnection[],
  reactors: number,
): StormTopic[][] {
  const tenants = new Map<string, Map<string, StormTopic>>();
  for (const connection of connections) {
    const { tenant, rooms, welcome } = connection;
    const topics = tenants.get(tenant) ?? new Map<string, StormTopic>();
    tenants.set(tenant, topics);
    for (const room of rooms) {
      const topic = topics.get(room) ?? {
        tenant,
        room,
        members: [],
        membersOn: zeros(reactors),
        said: 0,
      };
      topics.set(room, topic);
      topic.members.push(connection);
      topic.membersOn[welcome.reactor]!++;
    }
  }
  return [...tenants.values()].map((topics) =>
    [...topics.values()].sort((a, b) => a.room.localeCompare(b.room, 'en', { numeric: true })),
  );
}

/** An array of zeros. */
export function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
