// Tests of listening on addresses of the real network, which the contract's fakes do not have.
import { buildTransport } from '@hioload/test-support/servers';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { describe, expect, it } from 'vitest';

describe.each(SUBJECTS)('$name', ({ create }) => {
  it.each(['203.0.113.7', 'no-such-host.invalid'])(
    'names an address that is not of this machine: %s',
    async (host) => {
      const { transport } = await buildTransport(create);
      await expect(transport.listen({ host, port: 0, shared: false })).rejects.toMatchObject({
        code: 'HIOLOAD_ADDRESS_UNAVAILABLE',
        message: expect.stringContaining(host) as string,
      });
      transport.close();
    },
  );
});
