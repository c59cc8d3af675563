/* The check of what an upgrade hook has decided. */
import { STATUS_CODES } from 'node:http';
import {
  HioloadError,
  Metric,
  type RefusalStatus,
  type UpgradeDecision,
  type UpgradeRefuse,
} from '@hioload/api';
import { chooseSubprotocol, isFieldValue, isToken } from '@hioload/protocol';
import type { Refusal } from './refusal.js';

/** The result of a valid decision. */
export type Ruling =
  | {
      readonly accepted: true;
      readonly data: unknown;
      readonly protocol: string;
      readonly headers: HeaderFields;
    }
  | { readonly accepted: false; readonly refusal: Refusal };

type HeaderFields = readonly (readonly [name: string, value: string])[];

const REFUSAL_STATUSES: readonly RefusalStatus[] = [
  400, 401, 402, 403, 404, 409, 410, 421, 429, 500, 503,
];

/**
 * Header fields that the protocol or the HTTP layer writes. A second or a wrong one would break the
 * answer.
 */
const RESERVED_FIELDS = new Set([
  'connection',
  'upgrade',
  'content-length',
  'transfer-encoding',
  'date',
]);
const RESERVED_PREFIX = 'sec-websocket-';

/**
 * Checks a decision of an upgrade hook. The application may be written without types, and no header
 * of it may end the HTTP head early.
 * @param offered the subprotocols of the client
 * @param spoken the subprotocols of the application
 * @throws HIOLOAD_UPGRADE_INVALID
 */
export function ruleOn(
  decision: UpgradeDecision<unknown>,
  offered: readonly string[],
  spoken: readonly string[],
): Ruling {
  if (typeof decision !== 'object' || decision === null) {
    throw invalid(
      `the upgrade hook returned ${String(decision)}: an object with a status is allowed`,
    );
  }
  const headers = checkHeaders(decision.headers ?? {});
  if (decision.status === 101) {
    const protocol = decision.protocol ?? chooseSubprotocol(offered, spoken);
    if (decision.protocol !== undefined && !offered.includes(protocol)) {
      throw invalid(
        `protocol ${JSON.stringify(protocol)}: must be one that the client offers ` +
          `(${offered.join(', ')})`,
      );
    }
    return { accepted: true, data: decision.data, protocol, headers };
  }
  return { accepted: false, refusal: toRefusal(decision, headers) };
}

function toRefusal(decision: UpgradeRefuse, headers: HeaderFields): Refusal {
  const { status, reason = STATUS_CODES[status] } = decision;
  if (!REFUSAL_STATUSES.includes(status)) {
    throw invalid(`status ${String(status)}: allowed are 101 and ${REFUSAL_STATUSES.join(', ')}`);
  }
  if (typeof reason !== 'string')
    throw invalid(`reason of type ${typeof reason}: a string is allowed`);
  return { status, headers: Object.fromEntries(headers), reason, metric: Metric.RejectedByApp };
}

function checkHeaders(headers: Readonly<Record<string, string>>): HeaderFields {
  const fields = Object.entries(headers);
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (!isToken(name))
      throw invalid(`header name ${JSON.stringify(name)}: a token is allowed (RFC 9110)`);
    if (RESERVED_FIELDS.has(lower) || lower.startsWith(RESERVED_PREFIX)) {
      throw invalid(`header ${name}: is written by the framework`);
    }
    if (typeof value !== 'string' || !isFieldValue(value)) {
      throw invalid(
        `header ${name} with value ${JSON.stringify(value)}: no CR, LF or other control ` +
          'character is allowed',
      );
    }
  }
  return fields;
}

const invalid = (message: string): HioloadError =>
  new HioloadError('HIOLOAD_UPGRADE_INVALID', message);
