// End-to-end tests of `npm start`.
import { freePort } from '@hioload/test-support/servers';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FREE_PORTS } from '../launcher/start-launcher.js';
import { expectEcho, npmStart } from './start-npm.js';

describe('npm start', () => {
  it('passes options through, serves, and drains on SIGTERM to the whole group', async () => {
    const port = await freePort();
    const command = npmStart('--port', String(port), '--admin-port', '0', '--reactors', '1');
    const { url, adminUrl } = await command.ready();
    expect(url).toBe(`ws://127.0.0.1:${port}`);
    const { reactors } = (await (await fetch(`${adminUrl}/stats.json`)).json()) as {
      reactors: unknown[];
    };
    expect(reactors).toHaveLength(1);
    const socket = await expectEcho(url);
    expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
    const closed = once(socket, 'close');
    command.signalGroup('SIGTERM');
    expect((await closed)[0]).toBe(1001);
    await command.ended;
    await command.nothingLeft();
    expect(command.messages.filter((message) => message.startsWith('draining'))).toHaveLength(1);
  });

  it('drains when npm alone is signalled', async () => {
    const command = npmStart(...FREE_PORTS);
    const socket = await expectEcho((await command.ready()).url);
    const closed = once(socket, 'close');
    command.process.kill('SIGTERM');
    expect((await closed)[0]).toBe(1001);
    await command.nothingLeft();
  });

  it('ends with exit code 2 and one line on an option that is not allowed', async () => {
    const command = npmStart('--port', '70000');
    expect(await command.ended).toBe(2);
    expect(command.errorOutput).toContain(
      '--port must be a whole number from 0 to 65535; got 70000',
    );
  });
});
