// End-to-end tests of further signals to the launcher and to its server.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ask, closeCode, open } from '../server/clients.js';
import { expectDrain, GOING_AWAY } from './drain-under-load.js';
import { ECHO, FREE_PORTS, type RunningCommand, serve, testApp } from './start-launcher.js';

const TALKATIVE = fileURLToPath(new URL('apps/talkative.ts', import.meta.url));

describe.skipIf(leaveOutUnlessLinux('more signals of the launcher'))('more signals', () => {
  it.each<[string, (command: RunningCommand) => void]>([
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
  ])('%s under load: every client sees 1001, exit code 0', { timeout: 60_000 }, (_, signal) =>
    expectDrain(signal),
  );

  it(
    'a reactor that does not end changes the exit code, and no process stays',
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

  it('a server that is drained without its launcher comes back', { timeout: 60_000 }, async () => {
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
  });

  it('a reader of the log that goes away costs the log alone', { timeout: 60_000 }, async () => {
    const command = serve([TALKATIVE, ...FREE_PORTS, '--reactors', '1']);
    const { url, adminUrl } = await command.ready();
    const socket = await open(url);
    command.process.stdout?.destroy();
    expect(await ask(socket, '10')).toBe('said');
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^ws_log_lines_lost_total [1-9]\d*$/m);
    expect(command.errorOutput.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(command.errorOutput)).toMatchObject({
      level: 'error',
      msg:
        'the log cannot be written (EPIPE: its reader has gone); ' +
        'the server goes on without this log',
    });
    const code = closeCode(socket);
    command.process.kill('SIGTERM');
    expect(await code).toBe(GOING_AWAY);
    expect(await command.ended).toBe(0);
    await command.nothingLeft();
  });
});
