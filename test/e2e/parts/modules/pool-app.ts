/** Tells what the pool of its own kind has lent so far, and sends everything else back. */
import { defineApp } from '@hioload/reactor';
import kind, { pool } from './pool-kind.js';

export default defineApp({
  transport: kind,
  message(conn, message) {
    if (message.text() !== 'acquired?') return conn.send(message);
    return conn.send(String(pool.stats().reduce((sum, { acquired }) => sum + acquired, 0)));
  },
});
