/*
 * How much of everything a client may send. Lengths count UTF-16 units, as `maxlength` of a
 * browser's input does.
 */

/** Longest name of a person. */
export const NAME_LENGTH = 32;
/** Longest text that is said at once. */
export const TEXT_LENGTH = 2_000;
/** Longest name of a room. */
export const ROOM_LENGTH = 40;
/** Longest name of a tenant. */
export const TENANT_LENGTH = 32;
/** Longest message of a client: a text of which JSON escapes every unit, and what surrounds it. */
export const MAX_REQUEST_BYTES = 16_384;

/** A letter or digit of any script first; no slash, which parts tenant and room in a topic. */
const ROOM = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*$/u;
const TENANT = /^[a-z0-9][a-z0-9-]*$/;
/**
 * Control, format and other characters that show nothing, or turn the direction of what follows.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Whether a room may be called that. */
export function isRoomName(room: string): boolean {
  return room.length <= ROOM_LENGTH && ROOM.test(room);
}

/** Whether a tenant may be called that. */
export function isTenantName(tenant: string): boolean {
  return tenant.length <= TENANT_LENGTH && TENANT.test(tenant);
}

/** Whether a person may be called that. */
export function isPersonName(name: string): boolean {
  return name.length <= NAME_LENGTH && name.trim() === name && name !== '' && !INVISIBLE.test(name);
}
