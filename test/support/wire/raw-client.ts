// A client over a raw socket, which sends any bytes.
import { connect, type Socket } from 'node:net';
import { FrameReader, type ReceivedFrame } from './frame-reader.js';
import { head, type HeadOptions } from './head.js';

const PATIENCE_MS = 15_000;
const HEAD_END = '\r\n\r\n';

/** The answer to a handshake. */
export interface HttpAnswer {
  readonly status: number;
  /** Values by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawClientOptions {
  readonly host?: string;
  readonly allowHalfOpen?: boolean;
  /** An address of this machine to come from. */
  readonly localAddress?: string;
}

/** A TCP client that writes what it is told and keeps what comes. */
export class RawClient {
  readonly socket: Socket;
  /** Whether the server has ended its side, or cut the connection. */
  isEnded = false;
  /** Whether the connection is gone in both directions. */
  isGone = false;
  receivedBytes = 0;
  readonly #reader = new FrameReader();
  /**
   * What came before the end of the head of the answer, and all of it where the answer is no 101.
   */
  #early = Buffer.alloc(0);
  #isUpgraded = false;
  /** The chunks of a long body, which are joined once and not with each chunk. */
  #body: Buffer[] = [];
  readonly #lookers = new Set<() => void>();

  constructor(
    port: number,
    { host = '127.0.0.1', allowHalfOpen, localAddress }: RawClientOptions = {},
  ) {
    this.socket = connect({ port, host, noDelay: true, allowHalfOpen, localAddress });
    this.socket.on('data', (chunk) => this.#take(chunk));
    this.socket.on('end', () => this.#end());
    this.socket.on('close', () => {
      this.isGone = true;
      this.#end();
    });
    this.socket.on('error', () => this.#end());
  }

  /** Connects and makes a handshake that has to be accepted. */
  static async open(
    port: number,
    options: HeadOptions & RawClientOptions = {},
  ): Promise<RawClient> {
    const client = new RawClient(port, options);
    client.write(head(options));
    const { status } = await client.answer();
    if (status !== 101) throw new Error(`the handshake was answered with ${status}`);
    return client;
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /**
   * Waits for a whole answer to the handshake: up to the end of the head, or of the connection
   * where it is refused.
   */
  async answer(patienceMs?: number): Promise<HttpAnswer> {
    await this.until(
      'the head of an answer',
      () => this.isEnded || this.#early.includes(HEAD_END),
      patienceMs,
    );
    const end = Math.max(0, this.#early.indexOf(HEAD_END));
    const [first = '', ...lines] = this.#early.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(first.split(' ')[1] ?? 0);
    if (status !== 101) await this.until('the end of the answer', () => this.isEnded, patienceMs);
    this.#joinBody();
    const fields = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      const known = fields.get(name);
      fields.set(name, known === undefined ? value : `${known}, ${value}`);
    }
    return { status, fields, body: this.#early.subarray(end + HEAD_END.length).toString() };
  }

  /** Whole frames that came after the handshake. */
  get frames(): readonly ReceivedFrame[] {
    return this.#reader.frames;
  }

  /** Rules of framing that the server broke. */
  get faults(): readonly string[] {
    return this.#reader.faults;
  }

  /** Payloads of the text and binary frames that came. */
  get texts(): string[] {
    return this.frames.filter(({ opcode }) => opcode < 8).map(({ payload }) => payload.toString());
  }

  /**
   * All that came before the frames: one answer or, to a client that sends several requests,
   * several.
   */
  get http(): string {
    this.#joinBody();
    return this.#early.toString('latin1');
  }

  /** Waits until something is so that shows in what arrives. */
  async until(what: string, isSo: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#lookers.delete(look);
        const came = this.frames
          .map(({ opcode, payload }) => `${opcode} of ${payload.length} bytes`)
          .join(', ');
        reject(
          new Error(
            `did not happen within ${patienceMs} ms: ${what}; frames: ${came}; ended: ` +
              `${this.isEnded}`,
          ),
        );
      }, patienceMs);
      const look = (): void => {
        if (!isSo()) return;
        clearTimeout(timer);
        this.#lookers.delete(look);
        resolve();
      };
      this.#lookers.add(look);
    });
  }

  /** Waits for the end of the connection as the server brings it about. */
  async ended(patienceMs?: number): Promise<void> {
    await this.until('the server ends the connection', () => this.isEnded, patienceMs);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (this.#isUpgraded) this.#reader.push(chunk);
    else if (this.#early.includes(HEAD_END)) this.#body.push(chunk);
    else this.#takeEarly(chunk);
    this.#look();
  }

  #takeEarly(chunk: Buffer): void {
    const early = Buffer.concat([this.#early, chunk]);
    const end = early.indexOf(HEAD_END);
    this.#isUpgraded = end >= 0 && early.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101';
    this.#early = this.#isUpgraded ? early.subarray(0, end + HEAD_END.length) : early;
    const rest = early.subarray(this.#early.length);
    if (rest.length > 0) this.#reader.push(rest);
  }

  #joinBody(): void {
    if (this.#body.length === 0) return;
    this.#early = Buffer.concat([this.#early, ...this.#body.splice(0)]);
  }

  #end(): void {
    this.isEnded = true;
    this.#look();
  }

  #look(): void {
    for (const look of this.#lookers) look();
  }
}
