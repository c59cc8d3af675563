import { describe, expect, it } from 'vitest';
import { eventually } from '../../contract/eventually.js';
import { startReactors } from '../server/start-server.js';
import { openOnEach } from './client.js';

describe('publish', () => {
  it('reaches every reactor', async () => {
    const { url, server } = await startReactors(3, 'topics.ts');
    const clients = await openOnEach(url, 3);
    for (const client of clients) expect(await client.ask({ do: 'subscribe', topic: 'news' })).toEqual({ done: true });
    const result = await clients[0]!.ask({ do: 'publish', topic: 'news', payload: 'hello' });
    expect(result).toEqual({ reactors: 2, lanesFull: 0 });
    expect(await clients[1]!.ask({ do: 'publish-from-app', topic: 'news', payload: 'to all' })).toEqual({
      reactors: 3,
      lanesFull: 0,
    });
    expect(server.publish('news', 'from above')).toEqual({ reactors: 3, lanesFull: 0 });
    await eventually('all have heard', () =>
      clients.every(({ heard }) => heard.includes('from above') && heard.includes('to all')),
    );
    expect(clients.map(({ heard }) => heard.includes('hello'))).toEqual([false, true, true]);
  });
});
