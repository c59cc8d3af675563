// A room of `ws` clients: a message of one client goes to all others.
import { WebSocket, WebSocketServer } from 'ws';

export interface WsRoomOptions {
  readonly host: string;
  readonly port: number;
  readonly maxPayloadBytes: number;
  /** Called with each message of a client, after the other clients of this server got it. */
  published?(message: Buffer, isBinary: boolean): void;
}

/**
 * A `ws` server that sends each message of a client to all others. It loops over the clients, as
 * the documentation of `ws` shows.
 */
export class WsRoom {
  readonly server: WebSocketServer;

  constructor({ host, port, maxPayloadBytes, published }: WsRoomOptions) {
    this.server = new WebSocketServer({
      host,
      port,
      perMessageDeflate: false,
      maxPayload: maxPayloadBytes,
    });
    this.server.on('connection', (socket) => {
      socket.on('message', (message: Buffer, isBinary) => {
        this.send(message, isBinary, socket);
        published?.(message, isBinary);
      });
    });
  }

  /** Sends to all clients but one. */
  send(message: Uint8Array, isBinary: boolean, except?: WebSocket): void {
    for (const client of this.server.clients) {
      if (client !== except && client.readyState === WebSocket.OPEN)
        client.send(message, { binary: isBinary });
    }
  }
}
