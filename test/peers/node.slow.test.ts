// Tests of the transports with the WebSocket of Node as the client.
import { describePeer } from './describe-peer.js';
import { findNewerNode } from './newer-node.js';
import { clientPath, reportOf } from './run-client.js';

const { command, args, missing } = await findNewerNode();

describePeer({
  name: "Node's own WebSocket",
  missing,
  alwaysOffers: true,
  run: ({ port }) =>
    reportOf(command, [...args, clientPath('node-client.mjs'), `ws://127.0.0.1:${port}/`]),
});
