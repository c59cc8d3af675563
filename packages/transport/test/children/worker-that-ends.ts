// A worker for a test that ends while its transport serves.
import { RawClient } from '@hioload/test-support/wire';
import { serve } from '../support/server.js';

const server = await serve();
await RawClient.open(server.port);
if (process.env['ENDING'] === 'exit') process.exit(0);
setImmediate(() => {
  throw new Error('uncaught');
});
