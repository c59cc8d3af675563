/*
 * How much of everything a client may send. Lengths count UTF-16 units, as `maxlength` of a
 * browser's input does.
 */

/** Longest name of a person. */
export const NAME_LENGTH = 32;
/** Longest text of one message. */
export const TEXT_LENGTH = 2_000;
/** Longest name of a room. */
export const ROOM_LENGTH = 40;
/** Longest name of a tenant. */
export const TENANT_LENGTH = 32;
/**
 * Longest message of a client: a text whose every unit is escaped in JSON, and the JSON around it.
 */
export const MAX_REQUEST_BYTES = 16_384;

/**
 * Begins with a letter or a digit of any script. A slash is not allowed, because it separates
 * tenant and room in a topic.
 */
const ROOM = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*$/u;
const TENANT = /^[a-z0-9][a-z0-9-]*$/;
/**
 * Characters that are invisible or change the direction of the text, such as control characters.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Whether a name is allowed for a room. */
export function isRoomName(room: string): boolean {
  return room.length <= ROOM_LENGTH && ROOM.test(room);
}

/** Whether a name is allowed for a tenant. */
export function isTenantName(tenant: string): boolean {
  return tenant.length <= TENANT_LENGTH && TENANT.test(tenant);
}

/** Whether a name is allowed for a person. */
export function isPersonName(name: string): boolean {
  return name.length <= NAME_LENGTH && name.trim() === name && name !== '' && !INVISIBLE.test(name);
}
