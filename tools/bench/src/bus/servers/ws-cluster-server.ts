// A rival in `bench bus`: `ws` in the workers of a cluster.
import cluster from 'node:cluster';
import { createRequire } from 'node:module';
import { serveCluster } from './cluster.js';
import { WsRoom } from './ws-room.js';

/**
 * Runs `ws` in the workers of a cluster. A message that one worker publishes goes to the primary,
 * and from there to the other workers.
 */

interface Published {
  readonly message: Uint8Array;
  readonly isBinary: boolean;
}

const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string };

serveCluster({
  version: `ws ${version} + node:cluster`,
  primary: () => {
    // With this setting bytes travel as they are, not as JSON.
    cluster.setupPrimary({ serialization: 'advanced' });
    cluster.on('message', (from, published: Published) => {
      for (const worker of Object.values(cluster.workers ?? {}))
        if (worker !== from) worker?.send(published);
    });
  },
  worker: ({ host, maxPayloadBytes }) => {
    const room = new WsRoom({
      host,
      port: 0,
      maxPayloadBytes,
      published: (message, isBinary) => process.send?.({ message, isBinary } satisfies Published),
    });
    process.on('message', ({ message, isBinary }: Published) => room.send(message, isBinary));
  },
});
