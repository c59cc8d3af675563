/** A kind that cannot make a transport. */
import type { TransportKind } from '@hioload/reactor';

const kind: TransportKind = {
  name: 'rejecting',
  features: { sharesPort: true, exemptions: [] },
  create: () => Promise.reject(new Error('no card in this machine')),
};

export default kind;
