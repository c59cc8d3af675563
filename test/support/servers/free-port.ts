// Finds a port on which nobody listens.
import { once } from 'node:events';
import { createServer } from 'node:net';

/*
 * The range lies below the ports that systems choose for port 0 and for clients. A port from there
 * could belong to a client of another test a moment later.
 */
const FIRST = 10_000;
const LAST = 30_000;

/** A port on which nobody listens, on any address of this machine. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const server = createServer().listen(port);
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
