import { createNetTransport } from '@hioload/transport/net';
import { serveTransport } from './serve-transport.js';

serveTransport(createNetTransport, () =>
  Promise.resolve(`net transport (Node ${process.versions.node})`),
);
