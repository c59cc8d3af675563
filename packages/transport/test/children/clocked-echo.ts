// Serves an echo with a short idle timeout, over the transport that it is told.
import { createNetTransport } from '../../src/net/index.js';
import { createUwsTransport } from '../../src/uws/index.js';
import { buildTransport, listen } from '@hioload/test-support/servers';

const create = process.argv.at(-1) === 'uws' ? createUwsTransport : createNetTransport;
const { transport } = await buildTransport(create as typeof createNetTransport, {
  limits: { idleTimeoutSeconds: 8, closeTimeoutSeconds: 1 },
  handlers: { message: (conn, message) => conn.send(message) },
  onDescriptorShortage: () => console.log('no descriptor'),
});
console.log(`port ${await listen(transport)}`);
process.stdin.resume().on('end', () => process.exit(0));
