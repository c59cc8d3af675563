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
    throw invalid(`the upgrade hook must return an object with a status; got ${String(decision)}`);
  }
  // Each field is read once: a getter of the application could answer otherwise the next time.
  const { status } = decision;
  const headers = checkHeaders(decision.headers ?? {});
  if (status === 101) {
    const { data, protocol: named } = decision;
    const protocol = named ?? chooseSubprotocol(offered, spoken);
    if (named !== undefined && !offered.includes(protocol)) {
      throw invalid(
        `protocol must be one that the client offers (${offered.join(', ')}); ` +
          `got ${JSON.stringify(protocol)}`,
      );
    }
    return { accepted: true, data, protocol, headers };
  }
  return { accepted: false, refusal: toRefusal(status, decision, headers) };
}

function toRefusal(
  status: UpgradeRefuse['status'],
  decision: UpgradeRefuse,
  headers: HeaderFields,
): Refusal {
  const { reason = STATUS_CODES[status] } = decision;
  if (!REFUSAL_STATUSES.includes(status)) {
    throw invalid(
      `status must be 101 or one of ${REFUSAL_STATUSES.join(', ')}; got ${String(status)}`,
    );
  }
  if (typeof reason !== 'string')
    throw invalid(`reason must be a string; got a value of type ${typeof reason}`);
  return {
    status,
    headers: Object.fromEntries(headers),
    reason: reason.toWellFormed(),
    metric: Metric.RejectedByApp,
  };
}

function checkHeaders(headers: Readonly<Record<string, string>>): HeaderFields {
  const fields = Object.entries(headers);
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (!isToken(name))
      throw invalid(`a header name must be a token (RFC 9110); got ${JSON.stringify(name)}`);
    if (RESERVED_FIELDS.has(lower) || lower.startsWith(RESERVED_PREFIX)) {
      throw invalid(`header ${name} must be left to the framework`);
    }
    if (typeof value !== 'string' || !isFieldValue(value)) {
      throw invalid(
        `header ${name} must have a string without CR, LF and other control characters; ` +
          `got ${JSON.stringify(value)}`,
      );
    }
  }
  return fields;
}

const invalid = (message: string): HioloadError =>
  new HioloadError('HIOLOAD_UPGRADE_INVALID', message);
