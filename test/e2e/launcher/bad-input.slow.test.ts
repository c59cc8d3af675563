// End-to-end tests of the launcher with wrong options and taken ports.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markedProcesses } from './processes.js';
import { ECHO, FREE_PORTS, run, type RunningCommand, serve, testApp } from './start-launcher.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hioload-bad-input-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Checks that the command ends as it does for bad input; resolves with the one line that it says.
 */
async function refusal(command: RunningCommand, exitCode = 2): Promise<string> {
  expect(await command.ended).toBe(exitCode);
  expect(command.errorOutput).toMatch(/^[^\n]+\n$/);
  expect(markedProcesses(command.mark)).toEqual([]);
  // The line has the form of the log, as the tests start the command with --log-format json.
  const { level, msg } = JSON.parse(command.errorOutput) as { level: string; msg: string };
  expect(level).toBe('error');
  return msg;
}

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe.skipIf(leaveOutUnlessLinux('bad input of the launcher'))(
  'bad input ends with 2 and one line, and leaves nothing running',
  () => {
    it.each<[string, () => string[], NodeJS.ProcessEnv, RegExp]>([
      [
        'an unknown option',
        () => [ECHO, '--prot', '1'],
        {},
        /^unknown option '--prot' \(Did you mean --port\?\)$/,
      ],
      [
        'a port out of range',
        () => [ECHO, '--port', '70000'],
        {},
        /^--port must be a whole number from 0 to 65535; got 70000$/,
      ],
      [
        'a variable that is no number',
        () => [ECHO],
        { PORT: '80a' },
        /^PORT must be a whole number from 0 to 65535; got "80a"$/,
      ],
      [
        'an unknown key',
        () => [ECHO, '--config', write('a.json', '{"limit": {}}')],
        {},
        /^limit is not an option \(in \S+a\.json\); did you mean limits\?$/,
      ],
      [
        'a file that is no JSON',
        () => [ECHO, '--config', write('b.json', '{]')],
        {},
        /^--config: \S+b\.json is not valid JSON at line 1, column 2: /,
      ],
      ['no module', () => [], {}, /^MODULE is missing: /],
      [
        'a module that is not there',
        () => ['nowhere.ts'],
        {},
        /^MODULE must be a file that exists; got "nowhere\.ts" \(looked for .+\)$/,
      ],
      [
        'a module with a syntax error',
        () => [write('c.mjs', 'export default {;'), ...FREE_PORTS],
        {},
        /^MODULE: .+c\.mjs failed: /,
      ],
      [
        'a module without an app',
        () => [write('d.mjs', 'export default {};'), ...FREE_PORTS],
        {},
        /^MODULE: the default export of .+d\.mjs must be defineApp\(\{ \.\.\. \}\); got .+ object$/,
      ],
      [
        'too many reactors',
        () => [ECHO, ...FREE_PORTS, '--reactors', '1000'],
        {},
        /^--reactors must be at most \d+, .+; got 1000$/,
      ],
      [
        'too many reactors by a variable',
        () => [ECHO, ...FREE_PORTS],
        { HIOLOAD_REACTORS: '999' },
        /^HIOLOAD_REACTORS must be at most \d+, .+; got 999$/,
      ],
      [
        'a host of another machine',
        () => [ECHO, ...FREE_PORTS, '--host', '192.0.2.1'],
        {},
        /^--host must be an address or a name of this machine; got "192\.0\.2\.1", which cannot/,
      ],
    ])('%s', { timeout: 60_000 }, async (_, args, environment, line) => {
      expect(await refusal(serve(args(), { environment }))).toMatch(line);
    });

    it.each<[string, string, RegExp]>([
      [
        'a module that throws',
        'throws-at-once.ts',
        /^MODULE: .+throws-at-once\.ts failed: no database here \(at .+throws-at-once\.ts:3:7\)$/,
      ],
      [
        'a start hook that throws',
        'second-fails.ts',
        /^MODULE: the start hook failed: this one not \(at .+second-fails\.ts:\d+:\d+\)$/,
      ],
    ])(
      '%s, which may pass by itself and ends with 1',
      { timeout: 60_000 },
      async (_, app, line) => {
        expect(await refusal(serve([testApp(app), ...FREE_PORTS]), 1)).toMatch(line);
      },
    );

    it(
      'a start that does not end exits with 1, because the input is right',
      {
        timeout: 60_000,
      },
      async () => {
        const args = [testApp('never-starts.ts'), ...FREE_PORTS, '--start-timeout-ms', '1500'];
        expect(await refusal(serve(args), 1)).toMatch(
          /^reactors? 0.* not ready within 1500 ms: .*\. Raise --start-timeout-ms/,
        );
      },
    );

    it('a port of a plain server', { timeout: 60_000 }, async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const line = await refusal(serve([ECHO, '--port', String(port), '--no-admin']), 1);
      expect(line).toMatch(new RegExp(`^--port: ${port} is in use`));
      expect(await refusal(serve([ECHO, '--port', '0', '--admin-port', String(port)]), 1)).toMatch(
        new RegExp(`^--admin-port: ${port} is in use`),
      );
      other.close();
    });

    it(
      'a port of another uWebSockets.js server, which would share the port',
      { timeout: 60_000 },
      async () => {
        const other = run(process.execPath, [
          fileURLToPath(new URL('bare-server.mjs', import.meta.url)),
        ]);
        const [, port = ''] = await other.message(/^port (\d+)$/);
        const line = await refusal(serve([ECHO, '--port', port, '--no-admin']), 1);
        expect(line).toMatch(new RegExp(`^--port: ${port} is in use`));
        other.process.kill('SIGKILL');
        await other.ended;
      },
    );

    it('a port of another hioload-ws server', { timeout: 60_000 }, async () => {
      const first = serve([ECHO, ...FREE_PORTS, '--reactors', '1']);
      const { port } = new URL((await first.ready()).url);
      expect(
        await refusal(serve([ECHO, '--no-admin'], { environment: { PORT: port } }), 1),
      ).toMatch(new RegExp(`^PORT: ${port} is in use`));
      first.process.kill('SIGTERM');
      expect(await first.ended).toBe(0);
    });
  },
);
