// A rival in `bench bus`: `ws` in one process.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { serveParent } from '../../servers/serve-parent.js';
import { WsRoom } from './ws-room.js';

/** Runs `ws` in one process. */

const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string };

serveParent(async ({ host, maxPayloadBytes }) => {
  const { server } = new WsRoom({ host, port: 0, maxPayloadBytes });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, version: `ws ${version}` };
});
