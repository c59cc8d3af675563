// Tests of the transports with the package `ws` as the client.
import { describePeer } from './describe-peer.js';
import { clientPath, reportOf } from './run-client.js';

describePeer({
  name: 'the client of ws',
  run: ({ port }, compresses) =>
    reportOf(process.execPath, [
      clientPath('ws-client.mjs'),
      `ws://127.0.0.1:${port}/`,
      compresses ? 'deflate' : 'plain',
    ]),
});
