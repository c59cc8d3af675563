// A subject of `bench echo`: our transport over the sockets of Node.
import { createNetTransport } from '@hioload/transport/net';
import { serveTransport } from './serve-transport.js';

serveTransport(createNetTransport, () =>
  Promise.resolve(`net transport (Node ${process.versions.node})`),
);
