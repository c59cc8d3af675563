// A rival in `bench echo`: `ws`.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveParent } from '../../servers/serve-parent.js';

const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string };

serveParent(async (command) => {
  const server = new WebSocketServer({
    host: command.host,
    port: 0,
    perMessageDeflate: false,
    maxPayload: command.maxPayloadBytes,
  });
  server.on('connection', (socket) => {
    socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, version: `ws ${version}` };
});
