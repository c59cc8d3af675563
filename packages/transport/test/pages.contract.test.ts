// Tests of pages that a transport serves.
import { eventually } from '@hioload/test-support/waiting';
import { RawClient } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

/** More than the kernel takes at once for a client that does not read. */
const LARGE = { type: 'text/plain', body: Buffer.alloc(12 * 1024 * 1024, 0x2e) };

let server: TestServer | undefined;

afterEach(() => {
  server?.transport.close();
  server = undefined;
});

/** A client that has asked for the large page and reads nothing of it. */
async function stalledClient(port: number): Promise<RawClient> {
  const client = new RawClient(port);
  client.socket.pause();
  client.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await eventually('the first bytes wait to be read', () => client.socket.bytesWritten > 0);
  return client;
}

describe('a page', () => {
  const serveLarge = () =>
    serve(
      { message: (conn, message) => conn.send(message) },
      { path: '/ws', pages: new Map([['/large', LARGE]]) },
    );

  it('arrives whole if the client reads it slowly', async () => {
    server = await serveLarge();
    const client = await stalledClient(server.port);
    const other = await RawClient.open(server.port, { requestLine: 'GET /ws HTTP/1.1' });
    client.socket.resume();
    const { status, body } = await client.answer();
    expect([status, body.length]).toEqual([200, LARGE.body.length]);
    other.destroy();
  });

  it('harms nobody if the client leaves in the middle, or the transport closes', async () => {
    server = await serveLarge();
    const leaving = await stalledClient(server.port);
    leaving.destroy();
    const staying = await stalledClient(server.port);
    const other = await RawClient.open(server.port, { requestLine: 'GET /ws HTTP/1.1' });
    expect(server.transport.connectionCount).toBe(1);
    server.transport.close();
    staying.socket.resume();
    await staying.ended();
    expect(staying.receivedBytes).toBeLessThan(LARGE.body.length);
    await other.ended();
  });
});
