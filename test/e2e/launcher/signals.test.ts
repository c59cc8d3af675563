// End-to-end tests of signals to the launcher: one path each.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, closeCode, open, openMany } from '../server/clients.js';
import { expectDrain, GOING_AWAY, load } from './drain-under-load.js';
import { sessionOf } from './processes.js';
import { COMMAND, ECHO, FREE_PORTS, run, type RunningCommand, serve } from './start-launcher.js';

describe.skipIf(leaveOutUnlessLinux('signals of the launcher'))('signals', () => {
  it.each<[string, (command: RunningCommand) => void]>([
    ['SIGTERM to the launcher alone', ({ process }) => process.kill('SIGTERM')],
  ])('%s under load: every client sees 1001, exit code 0', { timeout: 60_000 }, (_, signal) =>
    expectDrain(signal),
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
    'a killed server comes back on the same ports, in a session of its own again',
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
    'a server whose launcher is killed gives its ports to the next, drains, and ends by itself',
    { timeout: 60_000 },
    async () => {
      const command = serve([ECHO, ...FREE_PORTS]);
      const { url, adminUrl } = await command.ready();
      const { codes } = await load(url);
      // The drain waits for this client, which does not answer the close frame.
      const mute = await open(url);
      mute.pause();
      command.process.kill('SIGKILL');
      const ports = ['--port', new URL(url).port, '--admin-port', new URL(adminUrl).port];
      const next = serve([ECHO, ...ports]);
      expect(await next.ready()).toEqual({ url, adminUrl });
      mute.terminate();
      next.process.kill('SIGTERM');
      expect(await next.ended).toBe(0);
      expect(await codes).toEqual(new Set([GOING_AWAY]));
      await command.nothingLeft();
      expect(await command.ended).toBe('SIGKILL');
      expect(command.messages).toEqual(
        expect.arrayContaining(['draining: the launcher has gone', 'stopped']),
      );
    },
  );
});
