// Reads the opening handshake of a client from chunks of bytes.
import { DEFAULT_LIMITS } from '@hioload/api';
import { type ListedExtension, parseExtensions } from './extension-list.js';
import {
  checkHandshake,
  checkRequest,
  HANDSHAKE_REFUSALS,
  type HandshakeFault,
  type HandshakeRefusal,
} from './handshake.js';
import { type HeadLimits, HeadReader, HeadStatus } from './http-head.js';
import type { PageRequest } from './requested-page.js';
import { parseRequestLine } from './request-line.js';

/** The default limits of the head of an opening handshake. */
export const HANDSHAKE_HEAD_LIMITS: HeadLimits = Object.freeze({
  maxBytes: DEFAULT_LIMITS.maxHeadBytes,
  maxLines: 100,
});

/** An opening handshake that a server can accept (RFC 6455 section 4.2.1). */
export interface OpeningRequest {
  readonly path: string;
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly host: string;
  /** `Sec-WebSocket-Key`. */
  readonly key: string;
  /** Subprotocols in the client's order of preference. */
  readonly protocols: readonly string[];
  /** Extensions in the client's order of preference; one name may come more than once. */
  readonly extensions: readonly ListedExtension[];
}

/** Why a head was refused before it could be judged as a handshake. */
export type OpeningFault = HandshakeFault | 'malformed' | 'too-large' | 'extensions';

/** An HTTP answer that refuses a handshake. */
export interface OpeningRefusal extends Omit<HandshakeRefusal, 'status'> {
  readonly status: HandshakeRefusal['status'] | 431;
  readonly fault: OpeningFault;
  /** The method, where the request line was one of HTTP/1.1. */
  readonly method?: string;
  /** What was asked for, where the request kept the rules that every request must keep. */
  readonly request?: PageRequest;
}

/** Outcome of {@link OpeningReader.result}. */
export type OpeningResult =
  | { readonly ok: true; readonly request: OpeningRequest }
  | { readonly ok: false; readonly refusal: OpeningRefusal };

const refused = (fault: OpeningFault, refusal: Omit<OpeningRefusal, 'fault'>): OpeningResult => ({
  ok: false,
  refusal: { ...refusal, fault },
});
const malformed = (): OpeningResult =>
  refused('malformed', { status: 400, headers: {}, reason: 'The request is not HTTP/1.1.' });

/**
 * Reads the request of an opening handshake from chunks of any size. The owner must limit the time
 * of the whole request, not the time between two octets.
 */
export class OpeningReader {
  readonly #head: HeadReader;

  constructor(limits: HeadLimits = HANDSHAKE_HEAD_LIMITS) {
    this.#head = new HeadReader(limits);
  }

  /**
   * Reads the next part, `bytes[start..end)`.
   * @returns the offset after the last octet of the request; frames may follow there
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    return this.#head.read(bytes, start, end);
  }

  /**
   * The result, or undefined while the end is missing. The owner decides about path, origin and
   * admission.
   */
  result(): OpeningResult | undefined {
    switch (this.#head.status) {
      case HeadStatus.Incomplete:
        return undefined;
      case HeadStatus.TooLarge:
        return refused('too-large', {
          status: 431,
          headers: {},
          reason: 'The head of the request is too large.',
        });
      case HeadStatus.Malformed:
        return malformed();
      case HeadStatus.Complete:
        return judge(this.#head);
    }
  }
}

function judge(reader: HeadReader): OpeningResult {
  const { startLine, headers: received, repeated } = reader.head;
  const line = parseRequestLine(startLine);
  if (line === undefined) return malformed();
  const { method } = line;
  const fault = checkRequest(method, received, repeated);
  if (fault !== undefined) return refused(fault, { ...HANDSHAKE_REFUSALS[fault], method });
  const headers = withAuthority(received, line.authority);
  const request = { method, path: line.path, headers };
  const check = checkHandshake(method, headers);
  if (!check.ok)
    return refused(check.fault, { ...HANDSHAKE_REFUSALS[check.fault], method, request });
  const extensions = parseExtensions(headers.get('sec-websocket-extensions'));
  if (extensions === undefined) {
    const reason = 'Sec-WebSocket-Extensions is malformed.';
    return refused('extensions', { status: 400, headers: {}, reason, method, request });
  }
  const { key, host, protocols } = check;
  return {
    ok: true,
    request: { path: line.path, query: line.query, headers, host, key, protocols, extensions },
  };
}

/**
 * The fields of a request whose target may be a URL: then the host of the URL counts, and the Host
 * field does not (RFC 9112 section 3.2.2).
 */
function withAuthority(
  headers: ReadonlyMap<string, string>,
  authority: string | undefined,
): ReadonlyMap<string, string> {
  return authority === undefined ? headers : new Map(headers).set('host', authority);
}
