// Tests of the request that the upgrade hook sees, for transports over real sockets.
import type { UpgradeRequest } from '@hioload/api';
import { buildTransport, listen } from '@hioload/test-support/servers';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { head, RawClient } from '@hioload/test-support/wire';
import { nextTurn } from '@hioload/test-support/waiting';
import { expect, it } from 'vitest';

it.each(SUBJECTS)('$name joins the values of a repeated header field', async ({ create }) => {
  let seen: UpgradeRequest | undefined;
  const { transport } = await buildTransport(create, {
    path: '/*',
    handlers: {
      async upgrade(request) {
        await nextTurn();
        seen = request;
        return { status: 101, data: undefined };
      },
    },
  });
  const client = new RawClient(await listen(transport));
  client.write(
    head({
      requestLine: 'GET /a%20b?q=1&r HTTP/1.1',
      fields: { 'Sec-WebSocket-Protocol': 'x, y' },
      extraLines: ['X-Twice: 1', 'x-twice: 2'],
    }),
  );
  await client.answer();
  client.destroy();
  transport.close();
  expect([...seen!.headers]).toContainEqual(['x-twice', '1, 2']);
  expect(seen).not.toHaveProperty('method');
});
