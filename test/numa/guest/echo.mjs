// The application that serves in the emulated machine with two nodes.
import { defineApp } from '@hioload/reactor';

export default defineApp({
  message(conn, message) {
    conn.send(message);
  },
});
