// End-to-end tests of a server on the net transport.
import { NET_FEATURES } from '@hioload/transport/net';
import { describe, expect, it } from 'vitest';
import { ask, closeCode, openMany } from './clients.js';
import { startServer } from './start-server.js';

const { sharesPort } = NET_FEATURES;

describe('a server on the transport in TypeScript', () => {
  it('serves, logs its number of reactors, and closes every connection with 1001', async () => {
    const started = await startServer('echo.ts', {
      transport: 'net',
      ...(sharesPort && { reactors: 2 }),
    });
    const { message } = await started.line(/^transport: /);
    expect(message).toMatch(/^transport: net, chosen by an option: the transport in TypeScript/);
    const ready = started.lines.filter((line) => /^reactor \d+ ready$/.test(line.message));
    if (sharesPort) {
      expect(ready).toHaveLength(2);
    } else {
      expect(message).toMatch(
        /one reactor, because several threads can share one port only on Linux/,
      );
      expect(ready).toHaveLength(1);
    }

    const sockets = await openMany(started.url, 40);
    const answers = await Promise.all(sockets.map((socket, i) => ask(socket, `hello ${i}`)));
    expect(answers).toEqual(sockets.map((_, i) => `hello ${i}`));
    const codes = Promise.all(sockets.map(closeCode));
    expect(await started.server.drain('the test is over')).toEqual({ cut: 0, stuck: [] });
    expect(new Set(await codes)).toEqual(new Set([1001]));
  });

  it('has the requested number of reactors, or does not start', async () => {
    const start = startServer('echo.ts', { transport: 'net', reactors: 2 });
    if (sharesPort) await expect(start).resolves.toBeDefined();
    else await expect(start).rejects.toMatchObject({ code: 'HIOLOAD_OPTION_INVALID' });
  });

  it('fails to start if another server has its port', async () => {
    const { port } = await startServer('echo.ts', { transport: 'net', reactors: 1 });
    await expect(startServer('echo.ts', { transport: 'net', port })).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
    });
  });
});
