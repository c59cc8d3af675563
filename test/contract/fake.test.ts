// Runs the transport contract on the fake transport.
import { fakeHarness } from './drivers/fake-harness.js';
import { describeTransportContract } from './transport-contract.js';

describeTransportContract('fake', fakeHarness);
