// Runs the transport contract on the uws transport.
import { createUwsTransport } from '@hioload/transport/uws';
import { socketHarness } from './drivers/socket-harness.js';
import { describeTransportContract } from './transport-contract.js';

describeTransportContract('uws', () => socketHarness(createUwsTransport), {
  'tells the peer and the close handler of a longer message with 1009': 'no-close-frame',
  'takes the codes 1012..1014 and 3000..3999 of the peer, and answers with them':
    'close-codes-above-1011',
  'delivers the close frame of end behind a full queue': 'close-frame-lost-when-full',
  'answers the last ping that came while the queue was full': 'pong-lost-when-full',
  'counts and tells each of several published messages that are lost in one turn':
    'published-losses-undercounted',
});
