// Tests of a large page for clients that read slowly, leave, or lose the server.
import { Metric, type Page, type Transport } from '@hioload/api';
import { buildTransport, listen } from '@hioload/test-support/servers';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { eventually } from '@hioload/test-support/waiting';
import { RawClient } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';

/** More than the kernel takes at once for a client that does not read. */
const LARGE: Page = { type: 'text/plain', body: Buffer.alloc(12 * 1024 * 1024, 0x2e) };
const PAGE_BYTES = LARGE.body.length;
const WEBSOCKET = { requestLine: 'GET /ws HTTP/1.1' };

let transport: Transport | undefined;

afterEach(() => {
  transport?.close();
  transport = undefined;
});

/** A client that has asked for the large page and reads nothing of it. */
async function stalledClient(port: number): Promise<RawClient> {
  const client = new RawClient(port);
  client.socket.pause();
  client.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await eventually('the request was written', () => client.socket.bytesWritten > 0);
  return client;
}

describe.each(SUBJECTS)('$name: a large page', ({ create }) => {
  async function serveLarge(): Promise<number> {
    const built = await buildTransport(create, {
      path: '/ws',
      pages: new Map([['/large', LARGE]]),
    });
    ({ transport } = built);
    return listen(built.transport);
  }

  it('arrives whole if the client reads it slowly', async () => {
    const port = await serveLarge();
    const client = await stalledClient(port);
    const other = await RawClient.open(port, WEBSOCKET);
    client.socket.resume();
    const { status, body } = await client.answer();
    expect([status, body.length]).toEqual([200, PAGE_BYTES]);
    other.destroy();
  });

  it('harms nobody if the client leaves in the middle, or the transport closes', async () => {
    const port = await serveLarge();
    (await stalledClient(port)).destroy();
    const staying = await stalledClient(port);
    const other = await RawClient.open(port, WEBSOCKET);
    expect(transport!.connectionCount).toBe(1);
    transport!.close();
    staying.socket.resume();
    await staying.ended();
    expect(staying.receivedBytes).toBeLessThan(PAGE_BYTES);
    await other.ended();
  });

  it('cuts the oldest client that takes one, where more do than the limit allows', async () => {
    const built = await buildTransport(create, {
      path: '/ws',
      pages: new Map([['/large', LARGE]]),
      limits: { maxPageConnections: 2 },
    });
    ({ transport } = built);
    const port = await listen(built.transport);
    const clients: RawClient[] = [];
    for (let asked = 1; asked <= 3; asked++) {
      clients.push(await stalledClient(port));
      await eventually('the page is sent', () => built.metrics.read(Metric.PagesSent) === asked);
    }
    await eventually('one was cut', () => built.metrics.read(Metric.PagesCut) === 1);
    for (const client of clients) client.socket.resume();
    await clients[0]!.ended();
    expect(clients[0]!.receivedBytes).toBeLessThan(PAGE_BYTES);
    for (const client of clients.slice(1)) {
      await client.until('the whole page', () => client.receivedBytes > PAGE_BYTES);
      client.destroy();
    }
    // The places are free again.
    const late = await stalledClient(port);
    late.socket.resume();
    await late.until('the whole page', () => late.receivedBytes > PAGE_BYTES);
    expect(built.metrics.read(Metric.PagesCut)).toBe(1);
    late.destroy();
  });

  it('takes no memory for each client that does not read it', async () => {
    const port = await serveLarge();
    const before = process.memoryUsage.rss();
    const clients: RawClient[] = [];
    for (let i = 0; i < 24; i++) clients.push(await stalledClient(port));
    const other = await RawClient.open(port, WEBSOCKET);
    expect(process.memoryUsage.rss() - before).toBeLessThan(12 * PAGE_BYTES);
    for (const client of [...clients, other]) client.destroy();
  });
});
