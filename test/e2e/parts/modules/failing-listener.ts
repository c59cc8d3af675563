/** The net kind over a network listener that cannot listen. */
import { createNetKind } from '@hioload/reactor';

export default createNetKind({
  name: 'failing',
  listener: {
    listen: () => Promise.reject(new Error('no cable')),
    close: () => undefined,
  },
});
