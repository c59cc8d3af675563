/** The client side of a link: connections for `ws`, as streams, over one pair of Unix sockets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { encodeFrame, FrameReader, FrameType } from './link-frame.js';

const NOTHING = new Uint8Array(0);

export class LinkClient {
  readonly #inward: Socket;
  readonly #outward: Socket;
  readonly #streams = new Map<number, Duplex>();

  private constructor(inward: Socket, outward: Socket) {
    this.#inward = inward;
    this.#outward = outward;
    const reader = new FrameReader((id, type, payload) => {
      const stream = this.#streams.get(id);
      if (type === FrameType.Data) stream?.push(payload);
      else stream?.push(null);
    });
    outward.on('data', (chunk: Buffer) => reader.read(chunk));
  }

  /** Connects to a reactor. */
  static async connect(folder: string, reactor: number): Promise<LinkClient> {
    const outward = connect(join(folder, `${reactor}.out`));
    await once(outward, 'connect');
    const inward = connect(join(folder, `${reactor}.in`));
    await once(inward, 'connect');
    return new LinkClient(inward, outward);
  }

  /** Opens a WebSocket connection on the link. */
  async open(protocolExtensions?: string): Promise<WebSocket> {
    const socket = new WebSocket('ws://link/', {
      perMessageDeflate: false,
      ...(protocolExtensions !== undefined && {
        headers: { 'Sec-WebSocket-Extensions': protocolExtensions },
      }),
      createConnection: () => this.#stream() as Socket,
    });
    await once(socket, 'open');
    return socket;
  }

  close(): void {
    this.#inward.destroy();
    this.#outward.destroy();
  }

  #stream(): Duplex {
    const id = this.#streams.size + 1;
    const send = (type: FrameType, payload: Uint8Array, done: () => void): void =>
      void this.#inward.write(encodeFrame(id, type, payload), done);
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, done) => send(FrameType.Data, chunk, done),
      final: (done) => send(FrameType.Shutdown, NOTHING, done),
    });
    this.#streams.set(id, stream);
    send(FrameType.Open, NOTHING, () => undefined);
    return stream;
  }
}
