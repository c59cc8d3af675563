// An application for tests that echoes each message.
import { defineApp } from '@hioload/reactor';

export default defineApp({
  message(conn, message) {
    conn.send(message);
  },
});
