// A rival in `bench echo`: a server in Bun.
import { serveParent } from '../../servers/serve-parent.js';

/** This file runs in Bun. These are the used parts of its interface. */
interface BunSocket {
  send(message: string | Uint8Array): number;
}
interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
}
declare const Bun: {
  readonly version: string;
  serve(options: {
    hostname: string;
    port: number;
    fetch(request: Request, server: BunServer): Response | undefined;
    websocket: {
      maxPayloadLength: number;
      backpressureLimit: number;
      idleTimeout: number;
      perMessageDeflate: boolean;
      message(socket: BunSocket, message: string | Uint8Array): void;
    };
  }): BunServer;
};

serveParent((command) => {
  const { port } = Bun.serve({
    hostname: command.host,
    port: 0,
    fetch: (request, server) =>
      server.upgrade(request) ? undefined : new Response('', { status: 426 }),
    websocket: {
      maxPayloadLength: command.maxPayloadBytes,
      backpressureLimit: command.maxBufferedBytes,
      idleTimeout: command.idleTimeoutSeconds,
      perMessageDeflate: false,
      message: (socket, message) => {
        socket.send(message);
      },
    },
  });
  return { port, version: `Bun ${Bun.version}` };
});
