// A rival in `bench bus`: Socket.IO in the workers of a cluster.
import { createAdapter, setupPrimary } from '@socket.io/cluster-adapter';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Server } from 'socket.io';
import { serveCluster } from './cluster.js';

/**
 * Runs Socket.IO in the workers of a cluster, with its own adapter between them. It uses WebSocket
 * alone, so that no client has to stay with one worker.
 */

/** Longer than a pass, so that no ping comes between the messages. */
const PING_INTERVAL_MS = 600_000;

const require = createRequire(import.meta.url);
const versionOf = (name: string): string =>
  (require(`${name}/package.json`) as { version: string }).version;

serveCluster({
  version:
    `Socket.IO ${versionOf('socket.io')} + cluster adapter ` +
    versionOf('@socket.io/cluster-adapter'),
  primary: () => setupPrimary(),
  worker: ({ host, maxPayloadBytes }) => {
    const http = createServer();
    const io = new Server(http, {
      transports: ['websocket'],
      serveClient: false,
      perMessageDeflate: false,
      maxHttpBufferSize: maxPayloadBytes,
      pingInterval: PING_INTERVAL_MS,
    });
    io.adapter(createAdapter());
    io.on('connection', (socket) => {
      socket.on('m', (message: string) => socket.broadcast.emit('m', message));
    });
    http.listen(0, host);
  },
});
