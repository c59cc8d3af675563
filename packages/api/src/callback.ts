/* The check of a function that an application hands over to be called. */
import { describe, refused } from './sendable.js';

/** @param what the name of the function, for the error @throws HIOLOAD_OPTION_INVALID */
export function assertFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw refused(what, 'a function', describe(value));
}
