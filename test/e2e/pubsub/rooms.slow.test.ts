// End-to-end tests of rooms on a real server.
import { eventually } from '@hioload/test-support/waiting';
import { describe, expect, it } from 'vitest';
import { startReactors } from '../server/start-server.js';
import { ChatClient, PUBSUB } from './chat-client.js';

const MORTAL = new URL('./mortal.ts', import.meta.url).pathname;

describe('the rooms, on a real server', { timeout: 60_000 }, () => {
  it('carry messages of one reactor to all in order, and count the people of all', async () => {
    const { url } = await startReactors(3, PUBSUB);
    const clients = await ChatClient.openOnEach(url, 3);
    for (const client of clients) client.join('lobby');
    await eventually('all know of all', () => clients.every(({ people }) => people === 3));
    for (let i = 0; i < 100; i++) clients[0]!.tell({ type: 'say', room: 'lobby', text: `${i}` });
    await eventually('all have heard', () => clients.every(({ heard }) => heard.length >= 100));
    const said = Array.from({ length: 100 }, (_, i) => `${i}`);
    for (const { heard } of clients) expect(heard).toEqual(said);
    clients[2]!.socket.terminate();
    await eventually('it is missed', () => clients.slice(0, 2).every(({ people }) => people === 2));
  });

  it('stop counting the people of a dead reactor, and count those of its replacement', async () => {
    const { url } = await startReactors(2, MORTAL);
    const [survivor, victim] = await ChatClient.openOnEach(url, 2);
    survivor!.join('lobby');
    victim!.join('lobby');
    await eventually('both know of both', () =>
      [survivor, victim].every((client) => client!.people === 2),
    );
    victim!.socket.send('die');
    await eventually('it is missed', () => survivor!.people === 1);
    let heir = await ChatClient.open(url);
    while (heir.reactor !== 1) {
      heir.socket.terminate();
      heir = await ChatClient.open(url);
    }
    heir.join('lobby');
    await eventually('both know of both', () =>
      [survivor, heir].every((client) => client!.people === 2),
    );
    heir.tell({ type: 'say', room: 'lobby', text: 'back' });
    await eventually('it is heard', () => survivor!.heard.includes('back'));
  });

  it('serve their pages on the same port', async () => {
    const { url } = await startReactors(1, PUBSUB);
    const origin = url.replace(/^ws/, 'http');
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/storm', 'text/html'],
      ['/style.css', 'text/css'],
      ['/chat.js', 'text/javascript'],
      ['/storm.js', 'text/javascript'],
      ['/connection.js', 'text/javascript'],
      ['/state-chip.js', 'text/javascript'],
    ] as const) {
      const response = await fetch(`${origin}${path}`);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringContaining(type),
      ]);
    }
    expect((await fetch(`${origin}/none`)).status).toBe(426);
  });
});
