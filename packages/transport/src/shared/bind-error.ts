/* Errors of an address that cannot be listened on. */
import { HioloadError } from '@hioload/api';

const MAX_PORT = 65_535;

/** Checks a port. @throws HIOLOAD_OPTION_INVALID */
export function assertPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= MAX_PORT) return;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `port must be a whole number from 0 to ${MAX_PORT}; got ${String(port)}`,
  );
}

/** Makes the error for an address that cannot be bound. @param cause the error of the system */
export function bindError(host: string, port: number, cause: NodeJS.ErrnoException): HioloadError {
  return cause.code === 'EADDRINUSE'
    ? new HioloadError(
        'HIOLOAD_PORT_IN_USE',
        `port ${port} of ${host}: another socket listens there`,
        { cause },
      )
    : new HioloadError('HIOLOAD_ADDRESS_UNAVAILABLE', `${host} port ${port}: ${cause.message}`, {
        cause,
      });
}
