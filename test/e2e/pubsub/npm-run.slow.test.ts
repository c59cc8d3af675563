// End-to-end tests of `npm run pubsub`.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FREE_PORTS, run } from '../launcher/start-launcher.js';
import { ChatClient } from './chat-client.js';

const cwd = fileURLToPath(new URL('../../..', import.meta.url));

describe('npm run pubsub', () => {
  it('serves rooms and pages with the quotas of the environment, and drains', async () => {
    const args = ['run', 'pubsub', '--', ...FREE_PORTS, '--log-format', 'json'];
    const environment = { PUBSUB_QUOTAS: '{ "acme": { "connections": 0 } }' };
    const command = run('npm', args, { cwd, environment });
    const { url } = await command.ready();
    expect(await (await fetch(url.replace(/^ws/, 'http'))).text()).toContain(
      '<title>Rooms</title>',
    );
    const client = await ChatClient.open(url);
    await expect(ChatClient.open(url, 'acme')).rejects.toThrow('429');
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    command.signalGroup('SIGTERM');
    expect(await closed).toBe(1001);
    await command.nothingLeft();
  });

  it('refuses quotas that cannot be read, and gives the reason', async () => {
    const args = ['run', 'pubsub', '--', ...FREE_PORTS];
    const command = run('npm', args, {
      cwd,
      environment: { PUBSUB_QUOTAS: '{ "*": { "rooms": 1 } }' },
    });
    expect(await command.ended).not.toBe(0);
    expect(`${command.lines.join('\n')}${command.errorOutput}`).toContain('quota must be one of');
    await command.nothingLeft();
  });
});
