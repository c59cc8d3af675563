/** A network of its own: frames of many connections, carried over a pair of Unix sockets. */
import type { NetConn, NetListener, NetSink, WriteLease } from '@hioload/reactor';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { encodeFrame, FrameReader, FrameType } from './link-frame.js';

/**
 * Listens for links. A link is a pair of Unix sockets: one carries the frames of the peer to us,
 * the other ours to the peer. A frame names its connection, so one link has any number of them.
 */
export class LinkListener implements NetListener {
  readonly #paths: readonly [inward: string, outward: string];
  readonly #servers: Server[] = [];

  constructor(folder: string, reactor: number) {
    this.#paths = [join(folder, `${reactor}.in`), join(folder, `${reactor}.out`)];
  }

  async listen(_address: unknown, accept: (conn: NetConn) => void): Promise<number> {
    let waiting: Socket | undefined;
    const [inward, outward] = this.#paths;
    // The peer connects the outward socket first, and then the inward one.
    await this.#serve(outward, (socket) => (waiting = socket));
    await this.#serve(inward, (socket) => new Link(socket, waiting!, accept));
    return 0; // A link has no port.
  }

  close(): void {
    for (const server of this.#servers.splice(0)) server.close();
  }

  async #serve(path: string, onSocket: (socket: Socket) => void): Promise<void> {
    const server = createServer(onSocket).listen(path);
    this.#servers.push(server);
    await once(server, 'listening');
  }
}

/** One pair of sockets, and the connections on it. */
class Link {
  readonly #outward: Socket;
  readonly #inward: Socket;
  readonly #conns = new Map<number, LinkConn>();
  readonly #paused = new Set<number>();

  constructor(inward: Socket, outward: Socket, accept: (conn: NetConn) => void) {
    this.#inward = inward;
    this.#outward = outward;
    const reader = new FrameReader((id, type, payload) => {
      if (type === FrameType.Open) {
        const conn = new LinkConn(this, id);
        this.#conns.set(id, conn);
        accept(conn);
      } else this.#conns.get(id)?.take(type, payload);
    });
    inward.on('data', (chunk: Buffer) => reader.read(chunk));
    for (const socket of [inward, outward]) socket.on('error', () => this.#lost());
    inward.on('close', () => this.#lost());
  }

  /**
   * Sends a frame. Calls `sent` in a later turn, when the kernel has taken the frame.
   * @returns whether the kernel has taken the frame at once
   */
  send(id: number, type: FrameType, payload: Uint8Array, sent: () => void): boolean {
    this.#outward.write(encodeFrame(id, type, payload), sent);
    return this.#outward.writableLength === 0;
  }

  /** Stops reading. Frames have no flow control, so one paused connection stops its whole link. */
  pause(id: number): void {
    this.#paused.add(id);
    this.#inward.pause();
  }

  resume(id: number): void {
    if (this.#paused.delete(id) && this.#paused.size === 0) this.#inward.resume();
  }

  forget(id: number): void {
    this.#conns.delete(id);
    this.resume(id);
  }

  #lost(): void {
    for (const conn of this.#conns.values()) conn.take(FrameType.Close, NOTHING);
    this.#outward.destroy();
  }
}

const NOTHING = new Uint8Array(0);

/** One connection of a link. Simplified: bytes that wait in the link still go out on `abort`. */
class LinkConn implements NetConn {
  readonly remoteAddress = '';
  readonly #link: Link;
  readonly #id: number;
  #sink: NetSink | undefined;
  #isClosed = false;
  #isShut = false;
  #unsentBytes = 0;

  constructor(link: Link, id: number) {
    this.#link = link;
    this.#id = id;
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#unsentBytes;
  }

  start(sink: NetSink): void {
    this.#sink = sink;
  }

  /** Takes a frame of the peer. */
  take(type: FrameType, payload: Uint8Array): void {
    if (this.#isClosed) return;
    if (type === FrameType.Close) {
      const sink = this.#sink;
      this.#end();
      sink?.closed(undefined);
    } else if (type === FrameType.Shutdown) this.#sink?.ended();
    // The sink may change the bytes until it returns; the payload is a copy that nobody else has.
    else if (payload.length > 0) this.#sink?.received(payload, 0, payload.length);
  }

  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    if (this.#isClosed || this.#isShut) {
      lease?.release();
      return false;
    }
    const length = end - start;
    const payload = bytes.subarray(start, end);
    const isTaken = this.#link.send(this.#id, FrameType.Data, payload, () => {
      lease?.release();
      if (isTaken) return;
      this.#unsentBytes -= length;
      if (this.#unsentBytes === 0 && !this.#isClosed) this.#sink?.drained();
    });
    if (!isTaken) this.#unsentBytes += length;
    return this.#unsentBytes === 0;
  }

  pause(): void {
    if (!this.#isClosed) this.#link.pause(this.#id);
  }

  resume(): void {
    this.#link.resume(this.#id);
  }

  shutdown(): void {
    if (this.#isClosed || this.#isShut) return;
    this.#isShut = true;
    this.#link.send(this.#id, FrameType.Shutdown, NOTHING, () => undefined);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#link.send(this.#id, FrameType.Close, NOTHING, () => undefined);
    this.#end();
  }

  abort(): void {
    this.close();
  }

  #end(): void {
    this.#isClosed = true;
    this.#sink = undefined;
    this.#link.forget(this.#id);
  }
}
