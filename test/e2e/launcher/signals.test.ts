// End-to-end tests of signals to the launcher.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, closeCode, open, openMany } from '../server/clients.js';
import { echoLoad } from '../server/echo-load.js';
import { sessionOf } from './processes.js';
import {
  COMMAND,
  ECHO,
  FREE_PORTS,
  run,
  type RunningCommand,
  serve,
  testApp,
} from './start-launcher.js';

const GOING_AWAY = 1001;

/**
 * 200 connections that keep eight messages under way each; resolves with the different codes that
 * end them.
 */
async function load(url: string): Promise<{ readonly codes: Promise<Set<number>> }> {
  const sockets = await openMany(url, 200);
  for (const [name, socket] of sockets.entries()) void echoLoad(socket, name, 8, () => true);
  const codes = Promise.all(sockets.map(closeCode)).then((all) => new Set(all));
  await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once('message', resolve))),
  );
  return { codes };
}

describe.skipIf(leaveOutUnlessLinux('signals of the launcher'))('signals', () => {
  it.each<[string, (command: RunningCommand) => void]>([
    ['SIGTERM to the launcher alone', ({ process }) => process.kill('SIGTERM')],
    ['SIGTERM to the process group', (command) => command.signalGroup('SIGTERM')],
    [
      'SIGTERM to both processes, as a control group is ended',
      (command) => {
        process.kill(command.serverPid, 'SIGTERM');
        process.kill(command.pid, 'SIGTERM');
      },
    ],
    [
      'a Ctrl-C that a package manager passes on',
      (command) => {
        command.signalGroup('SIGINT');
        command.process.kill('SIGINT');
      },
    ],
    ['SIGHUP', ({ process }) => process.kill('SIGHUP')],
  ])(
    '%s under load: every client sees 1001, exit code 0',
    { timeout: 60_000 },
    async (_, signal) => {
      const command = serve([ECHO, ...FREE_PORTS, '--drain-spread-ms', '300']);
      const { url, adminUrl } = await command.ready();
      expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
      const { codes } = await load(url);

      signal(command);
      await command.message(/^draining: SIG/);
      expect((await fetch(`${adminUrl}/readyz`)).status).toBe(503);
      expect(await codes).toEqual(new Set([GOING_AWAY]));
      expect(await command.ended).toBe(0);
      expect(command.messages.filter((message) => message.startsWith('draining:'))).toHaveLength(1);
      expect(command.errorOutput).toBe('');
      await command.nothingLeft();
    },
  );

  it('Ctrl-C under a real npm counts once', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hioload-npm-'));
    try {
      const options = `${FREE_PORTS.join(' ')} --log-format json`;
      const start = `exec node "${COMMAND}" serve "${ECHO}" ${options}`;
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ name: 'app', version: '1.0.0', scripts: { start } }),
      );
      const command = run('npm', ['start'], {
        cwd: folder,
        environment: { npm_config_update_notifier: 'false' },
      });
      const { url } = await command.ready();
      const code = closeCode(await open(url));
      command.signalGroup('SIGINT');
      expect(await code).toBe(GOING_AWAY);
      expect(await command.ended).toBe(0);
      expect(command.messages).toContain('stopped');
      await command.nothingLeft();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('a second signal ends the server at once', { timeout: 60_000 }, async () => {
    const command = serve([
      ECHO,
      ...FREE_PORTS,
      '--drain-spread-ms',
      '3600000',
      '--drain-deadline-ms',
      '3600000',
    ]);
    const { url } = await command.ready();
    const sockets = await openMany(url, 20);
    const cut = Promise.race(sockets.map(closeCode));
    command.process.kill('SIGTERM');
    await command.message(/^draining: SIGTERM/);
    command.process.kill('SIGINT');
    expect(await command.ended).toBe(130);
    await cut;
    expect(command.messages).toContain('SIGINT is the second signal: the server ends at once');
    for (const socket of sockets) socket.terminate();
    await command.nothingLeft();
  });

  it(
    'a reactor that does not end costs the exit code, and leaves nothing running',
    { timeout: 60_000 },
    async () => {
      const command = serve([
        testApp('self-harm.ts'),
        ...FREE_PORTS,
        '--drain-spread-ms',
        '0',
        '--drain-deadline-ms',
        '500',
      ]);
      const { url } = await command.ready();
      const socket = await open(url);
      await ask(socket, 'hello');
      const cut = closeCode(socket);
      socket.send('block 600000');
      await command.message(/stalled/);
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(1);
      expect(command.messages.at(-1)).toMatch(
        /^reactor \d did not end: the server process was killed$/,
      );
      await cut;
      await command.nothingLeft();
    },
  );

  it(
    'a server that is killed comes back on the same ports, in a session of its own again',
    { timeout: 60_000 },
    async () => {
      const command = serve([ECHO, ...FREE_PORTS]);
      const { url, adminUrl } = await command.ready();
      const lost = closeCode(await open(url));
      const [first, seen] = [command.serverPid, command.messages.length];
      process.kill(first, 'SIGKILL');
      expect(await lost).toBe(1006);
      const [, delayMs] = await command.message(/ended by SIGKILL; it starts again in (\d+) ms/);
      expect(Number(delayMs)).toBeLessThanOrEqual(100);
      expect(await command.ready(seen)).toEqual({ url, adminUrl });
      expect(command.serverPid).not.toBe(first);
      expect(sessionOf(command.serverPid)).toBe(command.serverPid);
      const socket = await open(url);
      expect(await ask(socket, 'back again')).toBe('back again');
      command.process.kill('SIGTERM');
      expect(await closeCode(socket)).toBe(GOING_AWAY);
      expect(await command.ended).toBe(0);
      await command.nothingLeft();
    },
  );

  it(
    'a server that somebody drains behind the back of its launcher comes back',
    { timeout: 60_000 },
    async () => {
      const command = serve([ECHO, ...FREE_PORTS]);
      const { url } = await command.ready();
      const code = closeCode(await open(url));
      const seen = command.messages.length;
      process.kill(command.serverPid, 'SIGTERM');
      expect(await code).toBe(GOING_AWAY);
      expect((await command.ready(seen)).url).toBe(url);
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(0);
      await command.nothingLeft();
    },
  );

  it(
    'a server whose launcher is killed drains and ends by itself',
    { timeout: 60_000 },
    async () => {
      const command = serve([ECHO, ...FREE_PORTS]);
      const { url } = await command.ready();
      const { codes } = await load(url);
      command.process.kill('SIGKILL');
      expect(await codes).toEqual(new Set([GOING_AWAY]));
      await command.nothingLeft();
      expect(await command.ended).toBe('SIGKILL');
      expect(command.messages).toEqual(
        expect.arrayContaining(['draining: the launcher has gone', 'stopped']),
      );
    },
  );

  it('a reader of the log that goes away ends the launch', { timeout: 60_000 }, async () => {
    const command = serve([ECHO, ...FREE_PORTS]);
    await command.message(/./);
    command.process.stdout?.destroy();
    expect(await command.ended).toBe(0);
    expect(command.errorOutput).toBe('');
    await command.nothingLeft();
  });
});
