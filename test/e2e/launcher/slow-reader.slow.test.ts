// End-to-end tests of a slow reader of the log.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ask, closeCode, open } from '../server/clients.js';
import { FREE_PORTS, serve } from './start-launcher.js';

const TALKATIVE = fileURLToPath(new URL('apps/talkative.ts', import.meta.url));
/** More than any pipe or socket between the processes holds, in kB. */
const FLOOD = '3000';

describe.skipIf(leaveOutUnlessLinux('a slow reader of the log'))(
  'a reader of the log that stops reading',
  () => {
    it('holds up only the log', { timeout: 60_000 }, async () => {
      const command = serve([
        TALKATIVE,
        ...FREE_PORTS,
        '--reactors',
        '1',
        '--drain-spread-ms',
        '100',
      ]);
      const { url, adminUrl } = await command.ready();
      const socket = await open(url);

      command.process.stdout?.pause();
      expect(await ask(socket, FLOOD)).toBe('said');
      expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);

      command.process.stdout?.resume();
      const told = command.message(/^\d+ log lines were lost: the reader of the log was too slow$/);
      const isTold = told.then(() => true);
      while (!(await Promise.race([isTold, ask(socket, '1').then(() => false)])));
      for (const line of command.lines) expect(() => JSON.parse(line) as unknown).not.toThrow();

      command.process.stdout?.pause();
      expect(await ask(socket, FLOOD)).toBe('said');
      const code = closeCode(socket);
      const exit = once(command.process, 'exit');
      command.process.kill('SIGTERM');
      expect(await code).toBe(1001);
      expect(await exit).toEqual([0, null]);
      command.process.stdout?.resume();
      expect(await command.ended).toBe(0);
    });
  },
);
