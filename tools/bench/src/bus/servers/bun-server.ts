// A rival in `bench bus`: a server in Bun with topics.
import { serveParent } from '../../servers/serve-parent.js';

/**
 * This file runs in Bun, with one loop and with the topics of Bun. These are the used parts of its
 * interface.
 */
interface BunSocket {
  subscribe(topic: string): void;
  publish(topic: string, message: string | Uint8Array): number;
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
      open(socket: BunSocket): void;
      message(socket: BunSocket, message: string | Uint8Array): void;
    };
  }): BunServer;
};

const TOPIC = 'all';

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
      open: (socket) => socket.subscribe(TOPIC),
      message: (socket, message) => {
        socket.publish(TOPIC, message);
      },
    },
  });
  return { port, version: `Bun ${Bun.version}` };
});
