// End-to-end tests of a program that starts servers itself.
import { createServer } from '@hioload/reactor';
import { describe, expect, it } from 'vitest';
import { ask, open } from '../server/clients.js';

const app = new URL('../server/apps/echo.ts', import.meta.url);

describe('a program of its own', () => {
  it('starts, uses and stops a server in five lines', async () => {
    const server = createServer({ module: app, port: 0, log: null });
    const { url } = await server.start();
    const socket = await open(url!);
    expect(await ask(socket, 'hello')).toBe('hello');
    expect(await server.drain()).toEqual({ cut: 0, stuck: [] });
  });

  it('has several servers at once, which share nothing', async () => {
    const options = { module: app, port: 0, log: null, reactors: 1, startTimeoutMs: 25_000 };
    const servers = [createServer(options), createServer(options)];
    const [one, two] = await Promise.all(servers.map((server) => server.start()));
    expect(one!.port).not.toBe(two!.port);
    expect(one!.adminUrl).not.toBe(two!.adminUrl);
    await servers[0]!.drain();
    const socket = await open(two!.url!);
    expect(await ask(socket, 'still here')).toBe('still here');
    socket.terminate();
    await servers[1]!.drain();
  });
});
