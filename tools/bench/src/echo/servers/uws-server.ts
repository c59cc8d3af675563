// A rival in `bench echo`: bare uWebSockets.js, the baseline of all ratios.
import { loadUws } from '@hioload/transport/uws';
import { App, us_socket_local_port } from 'uWebSockets.js';
import type { ServeCommand } from '../../servers/server-messages.js';
import { serveParent } from '../../servers/serve-parent.js';

/** Runs a bare uWebSockets.js handler: the shortest server on the library below our transport. */
serveParent(async (command) => {
  const port = await listen(command);
  // The transport knows the name of the build. This server uses nothing else of the transport.
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
        message: (ws, message, isBinary) => {
          ws.send(message, isBinary);
        },
      })
      .listen(command.host, 0, (token) => {
        if (token === false) reject(new Error(`uWebSockets.js cannot listen on ${command.host}`));
        else resolve(us_socket_local_port(token));
      });
  });
}
