/** A kind whose create resolves with something that is no transport. */
import type { TransportKind } from '@hioload/reactor';

const kind: TransportKind = {
  name: 'empty',
  features: { sharesPort: true, exemptions: [] },
  create: () => Promise.resolve({ features: { sharesPort: true, exemptions: [] } } as never),
};

export default kind;
