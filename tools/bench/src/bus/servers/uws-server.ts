// A rival in `bench bus`: bare uWebSockets.js with topics.
import { loadUws } from '@hioload/transport/uws';
import { App, us_socket_local_port } from 'uWebSockets.js';
import type { ServeCommand } from '../../servers/server-messages.js';
import { serveParent } from '../../servers/serve-parent.js';

/** Runs bare uWebSockets.js with one loop and with its own topics. */

const TOPIC = 'all';

serveParent(async (command) => {
  const port = await listen(command);
  const uws = await loadUws();
  return { port, version: uws.ok ? uws.description : 'uWebSockets.js' };
});

function listen(command: ServeCommand): Promise<number> {
  return new Promise((resolve, reject) => {
    App()
      .ws('/*', {
        maxPayloadLength: command.maxPayloadBytes,
        maxBackpressure: command.maxBufferedBytes,
        idleTimeout: command.idleTimeoutSeconds,
        sendPingsAutomatically: true,
        open: (ws) => {
          ws.subscribe(TOPIC);
        },
        message: (ws, message, isBinary) => {
          ws.publish(TOPIC, message, isBinary);
        },
      })
      .listen(command.host, 0, (token) => {
        if (token === false) reject(new Error(`uWebSockets.js cannot listen on ${command.host}`));
        else resolve(us_socket_local_port(token));
      });
  });
}
