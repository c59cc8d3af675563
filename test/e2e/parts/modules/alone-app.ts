/** An application with a kind of its own whose reactors cannot share a port. */
import { createNetKind, defineApp } from '@hioload/reactor';

export default defineApp({
  transport: createNetKind({ name: 'alone', sharesPort: false }),
  message: (conn, message) => conn.send(message),
});
