/** The net kind over one Unix socket for each reactor. */
import { createNetKind } from '@hioload/reactor';
import { UnixListener } from '../own/unix-listener.js';

export default createNetKind({
  name: 'unix',
  // The address that a listener gets has a host and a port. A path is a setting of the kind.
  listener: ({ reactor }) => new UnixListener(`${process.env['OWN_SOCKETS']}/${reactor}.sock`),
  sharesPort: true,
  usesPort: false,
});
