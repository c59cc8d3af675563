// A peer over a real socket for the transport contract, with the `ws` client.
import type { RawData, WebSocket } from 'ws';
import type { Peer, PeerClose, PeerMessage } from '../harness.js';

/** The `ws` client as a peer. */
export class SocketPeer implements Peer {
  readonly received: PeerMessage[] = [];
  readonly pings: Uint8Array[] = [];
  readonly pongs: Uint8Array[] = [];
  closedWith: PeerClose | undefined;
  readonly #socket: WebSocket;
  readonly #answer: () => ReadonlyMap<string, string>;

  constructor(socket: WebSocket, answer: () => ReadonlyMap<string, string>) {
    this.#socket = socket;
    this.#answer = answer;
    socket.on('message', (data: RawData, isBinary: boolean) =>
      this.received.push({ isBinary, bytes: data as Buffer }),
    );
    socket.on('ping', (payload: Buffer) => this.pings.push(payload));
    socket.on('pong', (payload: Buffer) => this.pongs.push(payload));
    socket.on('close', (code: number, reason: Buffer) => {
      this.closedWith = { code, reason: reason.toString() };
    });
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get headers(): ReadonlyMap<string, string> {
    return this.#answer();
  }

  send(message: string | Uint8Array): void {
    // Without a callback an error on a dying connection would be thrown.
    this.#socket.send(message, () => undefined);
  }

  ping(payload: Uint8Array): void {
    this.#socket.ping(payload);
  }

  pong(payload: Uint8Array): void {
    this.#socket.pong(payload);
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  vanish(): void {
    this.#socket.terminate();
  }

  stopReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }
}
