// Checks the answer of an upgrade hook as a real transport does.
import { HioloadError, type UpgradeDecision, type UpgradeRequest } from '@hioload/api';

const REFUSALS = new Set<unknown>([400, 401, 402, 403, 404, 409, 410, 421, 429, 500, 503]);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** No control character but the tab, nothing above U+00FF (RFC 9110 section 5.5). */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Header fields that the framework writes. */
const RESERVED = /^(connection|upgrade|content-length|transfer-encoding|date|sec-websocket-.*)$/i;

/**
 * Checks the answer of an upgrade hook. @throws HIOLOAD_UPGRADE_INVALID if the answer is not
 * allowed
 */
export function checkDecision<Data>(
  decision: UpgradeDecision<Data>,
  { protocols }: UpgradeRequest,
): UpgradeDecision<Data> {
  if (typeof decision !== 'object' || decision === null)
    throw invalid('decision', decision, 'an object with a status');
  if (decision.status !== 101 && !REFUSALS.has(decision.status)) {
    throw invalid('status', decision.status, `101 or one of ${[...REFUSALS].join(', ')}`);
  }
  if (
    decision.status === 101 &&
    decision.protocol !== undefined &&
    !protocols.includes(decision.protocol)
  ) {
    throw invalid(
      'protocol',
      decision.protocol,
      protocols.join(', ') || 'none, as the client offers none',
    );
  }
  for (const [name, value] of Object.entries(decision.headers ?? {})) {
    if (RESERVED.test(name))
      throw invalid('header name', name, 'a field that the framework does not write');
    if (!TOKEN.test(name)) throw invalid('header name', name, 'a token (RFC 9110)');
    if (typeof value !== 'string' || !FIELD_VALUE.test(value)) {
      throw invalid(`header ${name}`, value, 'a string without control characters');
    }
  }
  return decision;
}

function invalid(field: string, value: unknown, allowed: string): HioloadError {
  const shown = JSON.stringify(value) ?? String(value);
  return new HioloadError(
    'HIOLOAD_UPGRADE_INVALID',
    `upgrade: ${field} must be ${allowed}; got ${shown}`,
  );
}
