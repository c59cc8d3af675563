// The application of the fan-out benchmark: a message of one client goes to all others in its room.
import { defineApp } from '@hioload/reactor';

/**
 * Sends each message of a client to all other clients of its room. The query of the handshake names
 * the room.
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
