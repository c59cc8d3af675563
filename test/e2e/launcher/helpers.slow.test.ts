// End-to-end tests of helper processes that an application starts.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { markedProcesses } from './processes.js';
import { FREE_PORTS, type RunningCommand, serve } from './start-launcher.js';

const WITH_HELPERS = fileURLToPath(new URL('apps/with-helpers.ts', import.meta.url));

/** The processes that the application has started. */
const helpers = (command: RunningCommand): number[] =>
  markedProcesses(command.mark)
    .filter(({ commandLine }) => commandLine.startsWith('sleep '))
    .map(({ pid }) => pid);

describe.skipIf(leaveOutUnlessLinux('processes that an application starts'))(
  'a helper process of an application',
  () => {
    it('ends after a drain', { timeout: 60_000 }, async () => {
      const command = serve([WITH_HELPERS, ...FREE_PORTS, '--reactors', '1']);
      await command.ready();
      expect(helpers(command)).toHaveLength(1);
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(0);
      await command.nothingLeft();
    });

    it('ends when the server process dies', { timeout: 60_000 }, async () => {
      const command = serve([WITH_HELPERS, ...FREE_PORTS, '--reactors', '1']);
      await command.ready();
      const [first = 0] = helpers(command);
      const seen = command.messages.length;
      process.kill(command.serverPid, 'SIGKILL');
      await command.ready(seen);
      const deadline = Date.now() + 20_000;
      while (helpers(command).includes(first) && Date.now() < deadline) await delay(20);
      expect(helpers(command)).toHaveLength(1);
      expect(helpers(command)).not.toContain(first);
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(0);
    });
  },
);
