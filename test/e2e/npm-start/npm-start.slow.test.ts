// End-to-end tests of `npm start`: another signal, and one CPU.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FREE_PORTS, run } from '../launcher/start-launcher.js';
import { expectEcho, npmStart, ROOT } from './start-npm.js';

const lacksTaskset = leaveOutIf(spawnSync('taskset', ['--version']).status !== 0, {
  what: 'npm start on one CPU',
  reason: 'there is no taskset',
  command: 'apt-get install util-linux',
});

describe('npm start', () => {
  it('serves on every core, and drains on SIGINT to the whole group', async () => {
    const command = npmStart(...FREE_PORTS);
    const { url } = await command.ready();
    const closed = once(await expectEcho(url), 'close');
    command.signalGroup('SIGINT');
    expect((await closed)[0]).toBe(1001);
    await command.ended;
    await command.nothingLeft();
    expect(command.messages.filter((message) => message.startsWith('draining'))).toHaveLength(1);
  });

  it.skipIf(lacksTaskset)('serves with one reactor if only one CPU is allowed', async () => {
    const cpu = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
    const command = run(
      'taskset',
      ['-c', cpu, 'npm', 'start', '--', ...FREE_PORTS, '--log-format', 'json'],
      { cwd: ROOT },
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
