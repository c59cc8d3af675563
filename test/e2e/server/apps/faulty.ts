// An application for tests that throws or rejects when it is told to.
import { defineApp } from '@hioload/reactor';

/** Echoes, but throws on `throw` and rejects on `reject`. */
export default defineApp({
  message(conn, message): void | Promise<void> {
    const text = message.text();
    if (text === 'throw') throw new Error('thrown by the application');
    if (text === 'reject') return Promise.reject(new Error('rejected by the application'));
    conn.send(message);
  },
});
