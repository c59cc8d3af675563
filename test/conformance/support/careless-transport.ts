// Test support: a transport that does wrong, for the tests of the judge.
import type {
  ConnectionHandlers,
  IncomingMessage,
  Transport,
  TransportOptions,
  WebSocketConn,
} from '@hioload/api';
import { Op } from '@hioload/test-support/wire';
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What a server does wrong. */
export interface Faults {
  /** Goes on after a fault of the peer, as if the frame had not been there. */
  readonly ignoresFaults?: boolean;
  /** Hands the frame at fault to the handler, then fails with 1002. */
  readonly handlesFaults?: boolean;
  /** The code with which it fails. Default: 1002. */
  readonly code?: number;
  /** Leaves the connection open when the close handshake is done. */
  readonly neverEnds?: boolean;
  /** Changes the last octet of each echo. */
  readonly altersEchoes?: boolean;
  /** Sends each echo as binary. */
  readonly confusesKinds?: boolean;
  /** Masks what it sends. */
  readonly masks?: boolean;
}

const KNOWN: readonly number[] = Object.values(Op);

/**
 * A server of few lines that does wrong what it is told to, to judge the judge by. It takes whole
 * frames of up to 125 bytes with a mask of zeros, each in a message of its own.
 */
export class CarelessTransport implements Transport {
  readonly features = { sharesPort: false, exemptions: [] };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #handlers: ConnectionHandlers;
  readonly #faults: Faults;

  constructor({ handlers }: TransportOptions, faults: Faults) {
    this.#handlers = handlers;
    this.#faults = faults;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  stopListening(): void {
    this.#server.close();
  }

  forEachConnection(): void {}

  connection(): undefined {
    return undefined;
  }

  deliver(): number {
    return 0;
  }

  publish(): { reactors: number; lanesFull: number } {
    return { reactors: 0, lanesFull: 0 };
  }

  close(): void {
    this.stopListening();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    let pending = Buffer.alloc(0);
    let conn: WebSocketConn | undefined;
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      if (conn === undefined) {
        const end = pending.indexOf('\r\n\r\n');
        if (end < 0) return;
        conn = this.#open(socket, pending.subarray(0, end).toString());
        pending = pending.subarray(end + 4);
      }
      while (
        !socket.writableEnded &&
        pending.length >= 6 &&
        pending.length >= 6 + (pending[1]! & 0x7f)
      ) {
        const end = 6 + (pending[1]! & 0x7f);
        this.#frame(socket, conn, pending[0]! & 0x7f, pending.subarray(6, end));
        pending = pending.subarray(end);
      }
    });
  }

  #open(socket: Socket, head: string): WebSocketConn {
    const query = /\?(\d+)/.exec(head)?.[1] ?? '';
    const key = /sec-websocket-key: (\S+)/i.exec(head)?.[1] ?? '';
    const accept = createHash('sha1')
      .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const answer = [
      'HTTP/1.1 101 Fine',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
    ];
    socket.write([...answer, '', ''].join('\r\n'));
    const decision = this.#handlers.upgrade!({ query } as never) as { data: unknown };
    const send = (message: IncomingMessage): void => {
      const payload = Buffer.from(message.bytes());
      if (this.#faults.altersEchoes === true && payload.length > 0)
        payload[payload.length - 1]! ^= 1;
      this.#write(
        socket,
        message.isBinary || this.#faults.confusesKinds === true ? Op.Binary : Op.Text,
        payload,
      );
    };
    return { data: decision.data, send } as never;
  }

  #frame(socket: Socket, conn: WebSocketConn, opcode: number, payload: Buffer): void {
    const isAtFault = !KNOWN.includes(opcode);
    if (isAtFault && this.#faults.ignoresFaults === true) return;
    if (opcode === Op.Close) this.#end(socket, conn, payload.readUInt16BE(0));
    else if (isAtFault && this.#faults.handlesFaults !== true)
      this.#end(socket, conn, this.#faults.code ?? 1002);
    else {
      const message = {
        isBinary: opcode === Op.Binary,
        bytes: () => payload,
      } as never as IncomingMessage;
      this.#handlers.message!(conn, message);
      if (isAtFault) this.#end(socket, conn, 1002);
    }
  }

  #end(socket: Socket, conn: WebSocketConn, code: number): void {
    this.#handlers.close!(conn, code, '');
    this.#write(socket, Op.Close, Buffer.from([code >> 8, code & 0xff]));
    if (this.#faults.neverEnds !== true) socket.end();
  }

  #write(socket: Socket, opcode: number, payload: Buffer): void {
    const isMasked = this.#faults.masks === true;
    const key = Buffer.alloc(isMasked ? 4 : 0);
    socket.write(
      Buffer.concat([
        Buffer.from([0x80 | opcode, (isMasked ? 0x80 : 0) | payload.length]),
        key,
        payload,
      ]),
    );
  }
}
