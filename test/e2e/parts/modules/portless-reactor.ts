/** A reactor of a user's that forgets to say on which port it listens. */
import type { ReactorFactory, ReactorParts } from '@hioload/api';

const createReactor = (({ transport, address }: ReactorParts) => ({
  start: async () => void (await transport.listen(address)),
  drain: () => Promise.resolve(),
  stop: () => Promise.resolve(),
})) as unknown as ReactorFactory;

export default createReactor;
