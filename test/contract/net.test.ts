// Runs the transport contract on the net transport.
import { createNetTransport } from '@hioload/transport/net';
import { socketHarness } from './drivers/socket-harness.js';
import { describeTransportContract } from './transport-contract.js';

describeTransportContract('net', () => socketHarness(createNetTransport));

describeTransportContract('net on plain sockets', () =>
  socketHarness((options) => createNetTransport({ ...options, sockets: 'plain' })),
);
