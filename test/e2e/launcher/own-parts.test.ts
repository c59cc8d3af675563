// End-to-end tests of parts of the user that the launcher is told of.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, open } from '../server/clients.js';
import { FREE_PORTS, serve, testApp } from './start-launcher.js';

const PARTS = join(import.meta.dirname, '..', 'parts');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(leaveOutUnlessLinux('parts of the user'))('parts of the user', () => {
  it('serve by --transport and --reactor-module, across the bus and through a drain', async () => {
    const parts = [
      '--transport',
      './own/ws-kind.ts',
      '--reactor-module',
      './modules/own-reactor.ts',
    ];
    const command = serve([testApp('topics.ts'), ...parts, '--reactors', '2', ...FREE_PORTS], {
      cwd: PARTS,
      environment: { OWN_SOCKETS: folder },
    });
    const { adminUrl } = await command.ready();
    expect(command.messages).toContain(`transport: ws-unix, from ${PARTS}/own/ws-kind.ts`);
    expect(command.messages).toContain('own reactor 1 starts');
    const build = await (await fetch(`${adminUrl}/metrics`)).text();
    expect(build).toMatch(/^ws_build_info\{.*transport="ws-unix".*\} 1$/m);

    const [first, second] = await Promise.all(
      [0, 1].map((reactor) => open(`ws+unix://${folder}/${reactor}.sock:/`)),
    );
    const subscribed = await ask(second!, JSON.stringify({ do: 'subscribe', topic: 'news' }));
    expect(subscribed).toBe('{"answer":true}');
    const crossed = once(second!, 'message') as Promise<[Buffer]>;
    first!.send(Buffer.from('\x04newsover the bus'));
    expect(String((await crossed)[0])).toBe('over the bus');

    const closed = once(second!, 'close') as Promise<[number, Buffer]>;
    command.process.kill('SIGTERM');
    expect(String((await closed)[1])).toBe('own goodbye');
    expect(await command.ended).toBe(0);
    await command.nothingLeft();
  });

  it('end the start with one line if a module exports no such part', async () => {
    const command = serve([testApp('echo.ts'), '--transport', './own-reactor.ts', ...FREE_PORTS], {
      cwd: join(PARTS, 'modules'),
    });
    expect(await command.ended).not.toBe(0);
    expect([...command.messages, command.errorOutput].join('\n')).toContain(
      `transport: the default export of ${PARTS}/modules/own-reactor.ts must be a TransportKind ` +
        '{ name, features, create }; its features must be an object; got nothing',
    );
  });
});
