/** Tells bad input, which the operator must change, from a failure that may pass by itself. */
import { type ErrorCode, isHioloadError } from '@hioload/api';

/** Failures of a start that may pass by themselves, whatever their cause is. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HIOLOAD_REACTOR_START_TIMEOUT',
  'HIOLOAD_REACTOR_START_FAILED',
  'HIOLOAD_PORT_IN_USE',
  'HIOLOAD_PART_FAILED',
  'HIOLOAD_TOPOLOGY_UNREADABLE',
  'HIOLOAD_SYSTEM_CALL',
]);

/** Causes of an address that cannot be bound now, but perhaps later. */
const PASSING_CAUSES = new Set(['EAI_AGAIN', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Causes of a module that fails until somebody changes it. */
const WRONG_MODULE = /^(SyntaxError|ReferenceError|TransformError)$/;
const WRONG_IMPORT = /^(MODULE_NOT_FOUND|ERR_\w*(MODULE|IMPORT|EXPORT|EXTENSION|SPECIFIER)\w*)$/;

/**
 * Whether an error of a start is bad input. A module or a start hook that throws may do so because
 * something that it needs is down. A module that has a syntax error, or imports what is not there,
 * must be changed.
 */
export function isBadInput(error: unknown): boolean {
  if (!isHioloadError(error) || PASSING.has(error.code)) return false;
  const { name, code } = (error.cause ?? {}) as {
    readonly name?: unknown;
    readonly code?: unknown;
  };
  if (error.code === 'HIOLOAD_MODULE_FAILED')
    return WRONG_MODULE.test(String(name)) || WRONG_IMPORT.test(String(code));
  if (error.code === 'HIOLOAD_ADDRESS_UNAVAILABLE') return !PASSING_CAUSES.has(String(code));
  return true;
}
