/** Fills memory that nobody may read any more. No producer writes a record header of such bytes. */
export const POISON_BYTE = 0xdb;

/**
 * Whether structures check their users by default. In debug mode expired bytes are poisoned, and
 * second and foreign releases throw. `HIOLOAD_DEBUG=1` in the environment turns the mode on; tests
 * run with it.
 */
export function debugByDefault(): boolean {
  return process.env['HIOLOAD_DEBUG'] === '1';
}
