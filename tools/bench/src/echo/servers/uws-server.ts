import { loadUws } from '@hioload/transport/uws';
import { App, us_socket_local_port } from 'uWebSockets.js';
import { endWithParent } from '../../core/child-side.js';
import type { ServeCommand, ServeReport } from '../server-messages.js';
import { whenToldToServe } from './serve.js';

/** A bare uWebSockets.js handler: the least that can be written on the library that our transport stands on. */
endWithParent();
whenToldToServe(async (command) => {
  const port = await listen(command);
  // The transport knows how to name the build; nothing else of it is used here.
  const uws = await loadUws();
  return { port, pid: process.pid, version: uws.ok ? uws.description : 'uWebSockets.js' } satisfies ServeReport;
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
