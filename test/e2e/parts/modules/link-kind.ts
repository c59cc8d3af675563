/** The net kind over a network of the test's own. */
import { createNetKind } from '@hioload/reactor';
import { LinkListener } from '../own/link-listener.js';

export default createNetKind({
  name: 'link',
  listener: ({ reactor }) => new LinkListener(process.env['OWN_SOCKETS']!, reactor),
  sharesPort: true,
  usesPort: false,
});
