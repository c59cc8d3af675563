// End-to-end tests of a stalled reactor that may cost its process.
import { describe, expect, it } from 'vitest';
import { open } from '../server/clients.js';
import { FREE_PORTS, serve, testApp } from './start-launcher.js';

describe('a reactor that is stalled for good', () => {
  it.each([
    ['net', /^the server process ended with exit code 70; it starts again in \d+ ms$/],
    ['uws', /^the server process was ended by SIGKILL; it starts again in \d+ ms$/],
  ])(
    'ends its process under %s if an option asks for it, and serves again',
    async (transport, end) => {
      const command = serve([
        testApp('self-harm.ts'),
        ...FREE_PORTS,
        ...['--reactors', '1', '--transport', transport],
        ...['--stall-limit-ms', '1000', '--stall-action', 'exit', '--drain-deadline-ms', '2000'],
      ]);
      const { url } = await command.ready();
      (await open(url)).send('block 600000');
      await command.message(
        /^reactor 0 has been stalled for 1000 ms, the limit: the process drains/,
      );
      await command.message(end);
      const before = command.messages.length;
      await command.ready(before);
      await open(url);
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(0);
    },
    90_000,
  );
});
