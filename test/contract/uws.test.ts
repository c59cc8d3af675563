// Runs the transport contract on the uws transport, where the native module loads.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { createUwsTransport, loadUws } from '@hioload/transport/uws';
import { describe } from 'vitest';
import { socketHarness } from './drivers/socket-harness.js';
import { describeTransportContract } from './transport-contract.js';

const native = await loadUws();
const isLeftOut = leaveOutIf(!native.ok, {
  what: 'the transport contract on uws',
  reason: `uWebSockets.js has no binary for Node ${process.versions.node} here`,
  command: 'npm test, on Node 20 or 22',
});

describe.skipIf(isLeftOut)('native', () => {
  describeTransportContract('uws', () => socketHarness(createUwsTransport), {
    'tells the peer and the close handler of a longer message with 1009': 'no-close-frame',
    'reports the codes 1012..1014 and 3000..3999 of the peer, and answers with them':
      'close-codes-above-1011',
    'delivers the close frame of end behind a full queue': 'close-frame-lost-when-full',
    'answers the last ping that came while the queue was full': 'pong-lost-when-full',
    'counts and reports each published message that is lost in one turn':
      'published-losses-undercounted',
  });
});
