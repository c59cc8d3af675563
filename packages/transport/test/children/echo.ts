// Serves an echo until it is told to exit, and says where.
import { createInterface } from 'node:readline';
import { serve } from '../support/server.js';

const server = await serve({
  message(conn, message) {
    if (message.text() === 'close the transport') server.transport.close();
    else conn.send(message);
  },
});
console.log(`port ${server.port}`);
createInterface({ input: process.stdin }).on('line', () => process.exit(0));
