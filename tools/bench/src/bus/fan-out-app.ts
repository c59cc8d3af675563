// The application of the fan-out benchmark: everybody in a room gets what another one sends.
import { defineApp } from '@hioload/reactor';

/**
 * Our application in the benchmark: everybody in a room gets each message of another one. The query
 * of the handshake names the room.
 */
export default defineApp<{ readonly topic: string }>({
  upgrade: ({ query }) => ({ status: 101, data: { topic: `room:${query}` } }),
  open: (conn) => {
    conn.subscribe(conn.data.topic);
  },
  message: (conn, message) => {
    conn.publish(conn.data.topic, message);
  },
});
