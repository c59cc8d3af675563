// End-to-end tests of the options of the launcher.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { freePort } from '@hioload/test-support/servers';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { ask, closeCode, open } from '../server/clients.js';
import { ECHO, FREE_PORTS, serve } from './start-launcher.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hioload-serve-options-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Resolves with the length of the longest of some messages that comes back. */
async function longestEcho(url: string, lengths: readonly number[]): Promise<number> {
  let longest = 0;
  for (const length of lengths) {
    const socket = await open(url);
    const answer = Promise.race([
      ask(socket, 'x'.repeat(length)),
      once(socket, 'close').then(() => ''),
    ]);
    longest = Math.max(longest, (await answer).length);
    socket.terminate();
  }
  return longest;
}

describe.skipIf(leaveOutUnlessLinux('options of the launcher'))('options', () => {
  it.each<[string, string[], NodeJS.ProcessEnv, number]>([
    [
      'a flag over a variable and the file',
      ['--max-payload-bytes', '30'],
      { HIOLOAD_MAX_PAYLOAD_BYTES: '20' },
      30,
    ],
    ['a variable over the file', [], { HIOLOAD_MAX_PAYLOAD_BYTES: '20' }, 20],
    ['the file over the default', [], {}, 10],
  ])('take %s', { timeout: 60_000 }, async (_, flags, environment, expected) => {
    const config = join(folder, 'hioload.json');
    writeFileSync(
      config,
      JSON.stringify({
        module: ECHO,
        reactors: 1,
        port: 0,
        admin: false,
        limits: { maxPayloadBytes: 10 },
      }),
    );
    const command = serve([...flags, '--config', config], { environment });
    const [, url = ''] = await command.message(/^ready: (\S+)/);
    expect(await longestEcho(url, [10, 11, 20, 21, 30, 31])).toBe(expected);
    command.process.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(command.messages.filter((message) => message.startsWith('admin:'))).toEqual([]);
  });

  it('of the log choose JSON lines and a level', { timeout: 60_000 }, async () => {
    const command = serve([ECHO, ...FREE_PORTS, '--reactors', '1', '--log-level', 'debug']);
    const { url } = await command.ready();
    const code = closeCode(await open(url));
    command.process.kill('SIGTERM');
    expect(await code).toBe(1001);
    expect(await command.ended).toBe(0);
    for (const line of command.lines) {
      expect(JSON.parse(line)).toMatchObject({
        level: expect.any(String) as string,
        msg: expect.any(String) as string,
      });
    }
  });

  it(
    'name a variable with the prefix HIOLOAD_ that does not exist',
    { timeout: 60_000 },
    async () => {
      const command = serve([ECHO, ...FREE_PORTS, '--reactors', '1'], {
        environment: { HIOLOAD_REACTOR: '2' },
      });
      await command.message(
        /^HIOLOAD_REACTOR is no variable of hioload; did you mean HIOLOAD_REACTORS\?$/,
      );
      await command.ready();
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(0);
    },
  );

  it('raise the limit of request heads to 8 KiB in the server', { timeout: 60_000 }, async () => {
    const command = serve([ECHO, ...FREE_PORTS, '--reactors', '1']);
    const { url } = await command.ready();
    const page = url.replace('ws:', 'http:');
    // Not an upgrade, so answered with 426; the native default of 4 KiB would refuse the head.
    expect((await fetch(page, { headers: { 'x-filler': 'x'.repeat(6_000) } })).status).toBe(426);
    command.process.kill('SIGTERM');
    expect(await command.ended).toBe(0);
  });

  it(
    '--inspect opens the inspector of the server, which reaches the reactors',
    { timeout: 60_000 },
    async () => {
      const [ofLauncher, ofServer] = [await freePort(), await freePort()];
      const args = [ECHO, ...FREE_PORTS, '--reactors', '1', '--inspect', `${ofServer}`];
      const command = serve(args, {
        environment: { NODE_OPTIONS: `--inspect=127.0.0.1:${ofLauncher}` },
      });
      const [, url = ''] = await command.message(/^inspector: (ws:\S+);/);
      expect(new URL(url).host).toBe(`127.0.0.1:${ofServer}`);
      await command.ready();

      const socket = await open(url);
      const attached = reactorAttached(socket);
      socket.send(
        JSON.stringify({
          id: 1,
          method: 'NodeWorker.enable',
          params: { waitForDebuggerOnStart: false },
        }),
      );
      await attached;
      socket.terminate();

      const taken = serve([ECHO, ...FREE_PORTS, `--inspect=${ofServer}`]);
      expect(await taken.ended).toBe(1);
      expect(taken.errorOutput).toContain(`--inspect: ${ofServer} is in use`);
      expect(command.errorOutput).not.toContain(`${ofServer} failed`);
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(0);
    },
  );
});

/** Resolves when the inspector has attached to the thread of a reactor. Node has threads too. */
function reactorAttached(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const { method, params } = JSON.parse(data.toString()) as {
        method?: string;
        params?: { workerInfo: { url: string } };
      };
      if (method !== 'NodeWorker.attachedToWorker') return;
      if (params?.workerInfo.url.endsWith('/reactor/boot.mjs') === true) resolve();
    });
  });
}
