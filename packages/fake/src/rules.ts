/*
 * Rules of the contracts that a fake checks by itself, because a fake may import the contracts
 * only. The contract suite runs the same cases against the fakes and the real transports.
 */
import { HioloadError, MAX_CONTROL_PAYLOAD_BYTES } from '@hioload/api';

/**
 * Checks the length of a control payload.
 * @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG
 */
export function assertShortControl(payload: Uint8Array): void {
  if (payload.byteLength <= MAX_CONTROL_PAYLOAD_BYTES) return;
  throw new HioloadError(
    'HIOLOAD_CONTROL_PAYLOAD_TOO_LONG',
    `control payload of ${payload.byteLength} bytes; it must have at most ` +
      `${MAX_CONTROL_PAYLOAD_BYTES}`,
  );
}

/** Whether `path`, without its query, is served at `pattern`. */
export function servesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/** Whether a page of `origin` may connect to a server addressed as `host`. */
export function admitsOrigin(
  origin: string | undefined,
  host: string,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*')) return true;
  const lower = origin.toLowerCase();
  return allowed.includes(lower) || lower === `http://${host}` || lower === `https://${host}`;
}
