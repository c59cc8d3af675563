import { createUwsTransport } from '@hioload/transport/uws';
import { socketHarness } from './drivers/socket-harness.js';
import { describeTransportContract } from './transport-contract.js';

describeTransportContract('uws', () => socketHarness(createUwsTransport));
