// A subject of `bench echo`: our transport over uWebSockets.js.
import { createUwsTransport, loadUws } from '@hioload/transport/uws';
import { serveTransport } from './serve-transport.js';

serveTransport(createUwsTransport, async () => {
  const uws = await loadUws();
  return `transport over ${uws.ok ? uws.description : uws.reason}`;
});
