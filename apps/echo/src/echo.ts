// The echo application: each connection gets back every message that it sends.
import { defineApp } from '@hioload/reactor';

export default defineApp({
  message(conn, message) {
    conn.send(message);
  },
});
