// End-to-end tests of the launcher with a low limit on open files.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { describe, expect, it } from 'vitest';
import { COMMAND, ECHO, FREE_PORTS, run } from './start-launcher.js';

describe.skipIf(leaveOutUnlessLinux('a limit of open files'))('a limit of open files', () => {
  // With fewer than these Node itself does not start.
  it.each([32, 64])(
    'of %i ends the start with one line and exit code 1',
    { timeout: 60_000 },
    async (limit) => {
      const shell = `ulimit -n ${limit} && exec "$@"`;
      const command = run('sh', [
        '-c',
        shell,
        'sh',
        process.execPath,
        COMMAND,
        'serve',
        ECHO,
        ...FREE_PORTS,
      ]);
      const ending = await command.ended;
      expect(command.errorOutput).toMatch(/^[^\n]*EMFILE[^\n]*\n$/);
      expect(ending).toBe(1);
      await command.nothingLeft();
    },
  );
});
