// The opening handshake of a client: writes the request and checks the answer.
import { type Extension, type ExtensionSession, HioloadError } from '@hioload/api';
import { acceptKey, newHandshakeKey } from './accept-key.js';
import { formatExtension, parseExtensions } from './extension-list.js';
import { HeadReader, HeadStatus } from './http-head.js';
import { HANDSHAKE_HEAD_LIMITS } from './opening-request.js';
import { parseRequestLine } from './request-line.js';
import { isFieldValue, isToken, listHasToken } from './tokens.js';

/** Where a client wants to connect to, and what it offers. */
export interface ClientHandshakeOptions {
  /** Host, and the port unless it is the default one. */
  readonly host: string;
  /** Path and query, starting with a slash. */
  readonly target: string;
  /** Subprotocols, best first. */
  readonly protocols?: readonly string[];
  readonly extension?: Extension | undefined;
  /** Further fields, such as `Origin` or `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a client must refuse the answer of a server (RFC 6455 section 4.1). */
export const AnswerFault = {
  Malformed: 'malformed',
  TooLarge: 'too-large',
  /** The status is not 101. The owner may follow a redirect if it wants to. */
  Status: 'status',
  NotAnUpgrade: 'not-an-upgrade',
  /** `Sec-WebSocket-Accept` does not fit the key: the server has not read the request. */
  Accept: 'accept',
  /** The answer names a subprotocol that the client did not offer. */
  Protocol: 'protocol',
  /** The answer names an extension or parameters that the client did not offer. */
  Extension: 'extension',
} as const;
export type AnswerFault = (typeof AnswerFault)[keyof typeof AnswerFault];

/** Outcome of {@link ClientHandshake.result}. */
export type AnswerResult =
  | {
      readonly ok: true;
      readonly protocol: string;
      readonly extension: ExtensionSession | undefined;
    }
  | {
      readonly ok: false;
      readonly fault: AnswerFault;
      /** The HTTP status, or 0 if the answer has none. */
      readonly status: number;
      readonly headers: ReadonlyMap<string, string>;
    };

const OWN_FIELDS = new Set([
  'host',
  'upgrade',
  'connection',
  'content-length',
  'transfer-encoding',
]);
const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** The opening handshake of one connection as its client sees it (RFC 6455 section 4.1). */
export class ClientHandshake {
  /** The request to send, in ASCII and Latin-1. */
  readonly request: string;
  readonly #key = newHandshakeKey();
  readonly #protocols: readonly string[];
  readonly #extension: Extension | undefined;
  readonly #head = new HeadReader(HANDSHAKE_HEAD_LIMITS);

  /** @throws HIOLOAD_OPTION_INVALID if a value is not allowed in a request */
  constructor({ host, target, protocols = [], extension, headers = {} }: ClientHandshakeOptions) {
    if (host === '' || !isFieldValue(host)) throw invalid('host', host, 'a name or an address');
    if (
      parseRequestLine(`GET ${target} HTTP/1.1`)?.path.startsWith('/') !== true ||
      !target.startsWith('/')
    ) {
      throw invalid('target', target, 'a path that starts with a slash, percent-encoded');
    }
    this.#protocols = protocols;
    this.#extension = extension;
    let request =
      `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: ` +
      'Upgrade\r\n';
    request += `Sec-WebSocket-Key: ${this.#key}\r\nSec-WebSocket-Version: 13\r\n`;
    for (const protocol of protocols)
      if (!isToken(protocol)) throw invalid('protocol', protocol, 'a token');
    if (protocols.length > 0) request += `Sec-WebSocket-Protocol: ${protocols.join(', ')}\r\n`;
    if (extension !== undefined) {
      const offers = extension
        .offers()
        .map((parameters) => formatExtension(extension.name, parameters));
      request += `Sec-WebSocket-Extensions: ${offers.join(', ')}\r\n`;
    }
    for (const [name, value] of Object.entries(headers)) {
      const lower = name.toLowerCase();
      if (!isToken(name) || OWN_FIELDS.has(lower) || lower.startsWith('sec-websocket-')) {
        throw invalid('header name', name, 'a token, and no field of the protocol itself');
      }
      if (!isFieldValue(value))
        throw invalid(`header ${name}`, value, 'a value without control characters');
      request += `${name}: ${value}\r\n`;
    }
    this.request = `${request}\r\n`;
  }

  /**
   * Reads the next part of the answer, `bytes[start..end)`.
   * @returns the offset after the last octet of the answer; frames may follow there
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    return this.#head.read(bytes, start, end);
  }

  /**
   * The answer of the server, or undefined while its end is missing. Call this once after the end
   * has arrived.
   */
  result(): AnswerResult | undefined {
    switch (this.#head.status) {
      case HeadStatus.Incomplete:
        return undefined;
      case HeadStatus.TooLarge:
        return failed(AnswerFault.TooLarge, 0, NO_HEADERS);
      case HeadStatus.Malformed:
        return failed(AnswerFault.Malformed, 0, NO_HEADERS);
      case HeadStatus.Complete:
        return this.#judge(this.#head.head.startLine, this.#head.head.headers);
    }
  }

  #judge(startLine: string, headers: ReadonlyMap<string, string>): AnswerResult {
    const status = parseStatusLine(startLine);
    const refuse = (fault: AnswerFault): AnswerResult => failed(fault, status, headers);
    if (status === 0) return refuse(AnswerFault.Malformed);
    if (status !== 101) return refuse(AnswerFault.Status);
    const isUpgrade = (headers.get('upgrade') ?? '').toLowerCase() === 'websocket';
    if (!isUpgrade || !listHasToken(headers.get('connection') ?? '', 'upgrade'))
      return refuse(AnswerFault.NotAnUpgrade);
    if (headers.get('sec-websocket-accept') !== acceptKey(this.#key))
      return refuse(AnswerFault.Accept);
    const protocol = headers.get('sec-websocket-protocol');
    if (protocol !== undefined && !this.#protocols.includes(protocol))
      return refuse(AnswerFault.Protocol);
    const listed = parseExtensions(headers.get('sec-websocket-extensions'));
    if (listed === undefined || listed.length > 1) return refuse(AnswerFault.Extension);
    const [answer] = listed;
    if (answer === undefined) return { ok: true, protocol: protocol ?? '', extension: undefined };
    const session =
      answer.name === this.#extension?.name ? this.#extension.settle(answer.parameters) : undefined;
    if (session === undefined) return refuse(AnswerFault.Extension);
    return { ok: true, protocol: protocol ?? '', extension: session };
  }
}

/** The status of an HTTP/1.1 status line (RFC 9112 section 4), or 0. */
function parseStatusLine(line: string): number {
  if (!line.startsWith('HTTP/1.1 ') || (line.length > 12 && line[12] !== ' ')) return 0;
  const digits = line.slice(9, 12);
  for (const digit of digits) if (digit < '0' || digit > '9') return 0;
  return digits.length === 3 ? Number(digits) : 0;
}

const failed = (
  fault: AnswerFault,
  status: number,
  headers: ReadonlyMap<string, string>,
): AnswerResult => ({
  ok: false,
  fault,
  status,
  headers,
});

const invalid = (name: string, value: string, allowed: string): HioloadError =>
  new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `${name} must be ${allowed}; got ${JSON.stringify(value)}`,
  );
