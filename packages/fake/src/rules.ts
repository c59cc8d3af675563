/*
 * Rules of the contracts that a fake checks by itself, because a fake may import the contracts
 * only. The contract suite runs the same cases against the fakes and the real transports.
 */
import { addField, HioloadError, MAX_CONTROL_PAYLOAD_BYTES, parseHost } from '@hioload/api';

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

/** Header fields of a request, by name; the values of a list come in lines of their own. */
export type FakeFields = Readonly<Record<string, string | readonly string[]>>;

/** The fields of a request, and whether a server may serve it. */
export interface JudgedFields {
  readonly headers: ReadonlyMap<string, string>;
  /** False where the request has no valid Host, or repeats a field that holds one value. */
  readonly isServed: boolean;
}

/** Joins the fields as a server does. A field of `given` takes the place of a default one. */
export function judgeFields(
  defaults: ReadonlyMap<string, string>,
  given: FakeFields = {},
): JudgedFields {
  const headers = new Map<string, string>();
  let isServed = true;
  for (const [name, values] of Object.entries(given)) {
    for (const value of typeof values === 'string' ? [values] : values)
      isServed = addField(headers, name.toLowerCase(), value) && isServed;
  }
  for (const [name, value] of defaults) if (!headers.has(name)) headers.set(name, value);
  return { headers, isServed: isServed && parseHost(headers.get('host') ?? '') !== undefined };
}
