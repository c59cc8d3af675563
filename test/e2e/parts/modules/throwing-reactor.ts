/** A reactor of a user's that throws where it should reject. */
import type { ReactorFactory, ReactorParts } from '@hioload/api';

const createReactor = (({ transport, address }: ReactorParts) => ({
  start: () => transport.listen(address),
  drain: () => {
    throw new Error('no drain');
  },
  stop: () => {
    throw new Error('no stop');
  },
})) as unknown as ReactorFactory;

export default createReactor;
