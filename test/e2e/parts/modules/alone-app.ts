/** An application with a kind of its own whose reactors cannot share a port. */
import { defineApp } from '@hioload/reactor';
import { createNetKind } from '@hioload/reactor';

export default defineApp({
  transport: createNetKind({ name: 'alone', sharesPort: false }),
  message: (conn, message) => conn.send(message),
});
