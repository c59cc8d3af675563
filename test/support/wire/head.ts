/** The lines of a valid handshake; a test changes what it is about. */
export interface HeadOptions {
  readonly requestLine?: string;
  /** Fields by name; undefined leaves one out that is there by default. */
  readonly fields?: Readonly<Record<string, string | undefined>>;
  /** Lines as they are. */
  readonly extraLines?: readonly string[];
}

const FIELDS = {
  Host: 'localhost',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** What the key of {@link head} has to be answered with (RFC 6455 section 1.3). */
export const ACCEPT_VALUE = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** The head of an opening handshake. */
export function head({
  requestLine = 'GET / HTTP/1.1',
  fields = {},
  extraLines = [],
}: HeadOptions = {}): string {
  const lines = Object.entries({ ...FIELDS, ...fields })
    .filter((field): field is [string, string] => field[1] !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  return [requestLine, ...lines, ...extraLines, '', ''].join('\r\n');
}
