// An echo application for tests that serves on a path of its own.
import { defineApp } from '@hioload/reactor';

export default defineApp({
  path: '/greet',
  message: (conn, message) => conn.send(message),
});
