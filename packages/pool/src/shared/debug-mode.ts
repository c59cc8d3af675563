/**
 * Fills memory that nobody may read any more. As a record's header it is one that no producer
 * writes.
 */
export const POISON_BYTE = 0xdb;

/**
 * Whether structures check their users by default: expired bytes are poisoned, second and foreign
 * releases throw. Set by `HIOLOAD_DEBUG=1` in the environment; tests run with it.
 */
export function debugByDefault(): boolean {
  return process.env['HIOLOAD_DEBUG'] === '1';
}
