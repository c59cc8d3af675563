/*
 * What the tally counts, and the topics of rooms. Names of tenants and rooms hold no slash.
 */

const PEOPLE = 'people/';

/** The key that counts the connections of a tenant. */
export const connectionsKey = (tenant: string): string => `connections/${tenant}`;

/** The key that counts the connections in a room. */
export const peopleKey = (tenant: string, room: string): string => `${PEOPLE}${tenant}/${room}`;

/** The tenant and the room whose people a key counts; undefined for any other key. */
export function roomOfKey(
  key: string,
): { readonly tenant: string; readonly room: string } | undefined {
  if (!key.startsWith(PEOPLE)) return undefined;
  const slash = key.indexOf('/', PEOPLE.length);
  return { tenant: key.slice(PEOPLE.length, slash), room: key.slice(slash + 1) };
}

/** The topic of the messages of a room. */
export const roomTopic = (tenant: string, room: string): string => `room/${tenant}/${room}`;

/**
 * The topic for the number of people in a room, for the members on one reactor: each reactor tells
 * its own members. The topic has the life of the reactor, because a reactor that drains and its
 * replacement have the same number for a while.
 */
export const presenceTopic = (life: string, tenant: string, room: string): string =>
  `presence/${life}/${tenant}/${room}`;
