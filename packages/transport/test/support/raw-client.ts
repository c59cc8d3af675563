import { connect, type Socket } from 'node:net';
import { eventually } from './eventually.js';
import { readFrames, type ReceivedFrame } from './frames.js';

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

/** The head of an opening handshake. */
export function head({ requestLine = 'GET / HTTP/1.1', fields = {}, extraLines = [] }: HeadOptions = {}): string {
  const lines = Object.entries({ ...FIELDS, ...fields })
    .filter((field): field is [string, string] => field[1] !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  return [requestLine, ...lines, ...extraLines, '', ''].join('\r\n');
}

/** A TCP client that writes what it is told and keeps what comes. */
export class RawClient {
  readonly socket: Socket;
  /** Whether the server has ended its side, or cut the connection. */
  isEnded = false;
  #bytes = Buffer.alloc(0);

  constructor(port: number, host = '127.0.0.1', options: { readonly allowHalfOpen?: boolean } = {}) {
    this.socket = connect({ port, host, noDelay: true, ...options });
    this.socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    });
    this.socket.on('end', () => (this.isEnded = true));
    this.socket.on('close', () => (this.isEnded = true));
    this.socket.on('error', () => (this.isEnded = true));
  }

  /** Connects and makes a handshake that has to be accepted. */
  static async open(
    port: number,
    options: HeadOptions & { readonly allowHalfOpen?: boolean } = {},
  ): Promise<RawClient> {
    const client = new RawClient(port, '127.0.0.1', options);
    client.write(head(options));
    const answer = await client.answer();
    if (answer.status !== 101) throw new Error(`the handshake was answered with ${answer.status}`);
    return client;
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Waits for a whole answer to the handshake: up to the end of the head, or of the connection where it is refused. */
  async answer(): Promise<{
    readonly status: number;
    readonly fields: ReadonlyMap<string, string>;
    readonly body: string;
  }> {
    await eventually('the head of an answer', () => this.isEnded || this.#headEnd >= 0);
    const [first = '', ...lines] = this.#bytes.subarray(0, Math.max(0, this.#headEnd)).toString('latin1').split('\r\n');
    const status = Number(first.split(' ')[1] ?? 0);
    if (status !== 101) await eventually('the end of the answer', () => this.isEnded);
    const fields = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    return { status, fields, body: this.#afterHead.toString() };
  }

  /** Whole frames that came after the handshake. */
  get frames(): ReceivedFrame[] {
    return readFrames(this.#afterHead);
  }

  /** Payloads of the text and binary frames that came. */
  get texts(): string[] {
    return this.frames.filter(({ opcode }) => opcode < 8).map(({ payload }) => payload.toString());
  }

  get receivedBytes(): number {
    return this.#bytes.length;
  }

  /** Waits for the end of the connection as the server brings it about. */
  async ended(patienceMs?: number): Promise<void> {
    await eventually('the server ends the connection', () => this.isEnded, patienceMs);
  }

  destroy(): void {
    this.socket.destroy();
  }

  get #headEnd(): number {
    return this.#bytes.indexOf('\r\n\r\n');
  }

  get #afterHead(): Buffer {
    return this.#headEnd < 0 ? Buffer.alloc(0) : this.#bytes.subarray(this.#headEnd + 4);
  }
}
