// End-to-end tests of `npm start`.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FREE_PORTS, run, type RunningCommand } from '../launcher/start-launcher.js';

const cwd = fileURLToPath(new URL('../../..', import.meta.url));

const lacksTaskset = leaveOutIf(spawnSync('taskset', ['--version']).status !== 0, {
  what: 'npm start on one CPU',
  reason: 'there is no taskset',
  command: 'apt-get install util-linux',
});

/** `npm start` in this repository, installed and built as it is. */
function npmStart(...options: string[]): RunningCommand {
  return run('npm', ['start', '--', ...options, '--log-format', 'json'], { cwd });
}

async function expectEcho(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.send('hello');
  expect(String((await once(socket, 'message'))[0])).toBe('hello');
  return socket;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'serves, and drains on %s to the whole group',
    async (signal) => {
      const command = npmStart(...FREE_PORTS);
      const { url, adminUrl } = await command.ready();
      const socket = await expectEcho(url);
      expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
      const closed = once(socket, 'close');
      command.signalGroup(signal);
      expect((await closed)[0]).toBe(1001);
      await command.ended;
      await command.nothingLeft();
      expect(command.messages.filter((message) => message.startsWith('draining'))).toHaveLength(1);
    },
  );

  it('drains when npm alone is signalled', async () => {
    const command = npmStart(...FREE_PORTS);
    const socket = await expectEcho((await command.ready()).url);
    const closed = once(socket, 'close');
    command.process.kill('SIGTERM');
    expect((await closed)[0]).toBe(1001);
    await command.nothingLeft();
  });

  it('passes options through', async () => {
    const port = await freePort();
    const command = npmStart('--port', String(port), '--admin-port', '0', '--reactors', '1');
    const { url, adminUrl } = await command.ready();
    expect(url).toBe(`ws://127.0.0.1:${port}`);
    const { reactors } = (await (await fetch(`${adminUrl}/stats.json`)).json()) as {
      reactors: unknown[];
    };
    expect(reactors).toHaveLength(1);
    await expectEcho(url);
    command.signalGroup('SIGTERM');
    await command.nothingLeft();
  });

  it('ends with exit code 2 and one line on an option that is not allowed', async () => {
    const command = npmStart('--port', '70000');
    expect(await command.ended).toBe(2);
    expect(command.errorOutput).toContain(
      '--port must be a whole number from 0 to 65535; got 70000',
    );
  });

  it.skipIf(lacksTaskset)('serves with one reactor where only one CPU is allowed', async () => {
    const cpu = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
    const command = run(
      'taskset',
      ['-c', cpu, 'npm', 'start', '--', ...FREE_PORTS, '--log-format', 'json'],
      { cwd },
    );
    const { url } = await command.ready();
    expect(command.messages.filter((message) => message.startsWith('plan: reactor'))).toEqual([
      expect.stringContaining(`plan: reactor 0 -> CPU ${cpu}`),
    ]);
    await expectEcho(url);
    command.signalGroup('SIGTERM');
    await command.nothingLeft();
  });
});
