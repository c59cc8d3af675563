// Tests of the writer that goes past the stream layer of Node.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WriterSource } from '../src/load/socket-writer.js';

/** Opens both ends of a connection. `near` has a source of writers that knows a write request. */
async function connected(): Promise<{ near: Socket; far: Socket; source: WriterSource }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const source = new WriterSource(near);
  near.write(Buffer.from('hello'));
  const [far] = (await once(server, 'connection')) as [Socket];
  near.on('error', () => {});
  far.on('error', () => {});
  await once(far, 'data');
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far, source };
}

describe('WriterSource', () => {
  it('bypasses the stream: its writes are no writes of the stream', async () => {
    const { near, far, source } = await connected();
    let streamed = 0;
    near.write = () => {
      streamed += 1;
      return true;
    };
    source.writer()(Buffer.from('direct'));
    const [got] = (await once(far, 'data')) as [Buffer];
    expect(got.toString()).toBe('direct');
    expect(streamed).toBe(0);
  });

  it('keeps every byte in order when the peer does not read and the kernel is full', async () => {
    const { far, source } = await connected();
    far.pause();
    const write = source.writer();
    const blocks = Array.from({ length: 40 }, (_, index) => Buffer.alloc(1 << 20, index));
    for (const block of blocks) write(block);
    const got: Buffer[] = [];
    let gotBytes = 0;
    far.on('data', (chunk: Buffer) => {
      got.push(chunk);
      gotBytes += chunk.length;
      if (gotBytes === 40 << 20) far.emit('all');
    });
    far.resume();
    await once(far, 'all');
    expect(Buffer.concat(got).equals(Buffer.concat(blocks))).toBe(true);
  });

  it('ends the socket with an error if the peer has gone', async () => {
    const { near, far, source } = await connected();
    const write = source.writer();
    const failed = once(near, 'error');
    far.resetAndDestroy();
    const timer = setInterval(() => write(Buffer.from('x')), 5);
    onTestFinished(() => clearInterval(timer));
    await failed;
    expect(near.destroyed).toBe(true);
  });

  it('writes through the stream if the object below looks different', async () => {
    const { near, far, source } = await connected();
    const socket = near as unknown as { _handle: unknown };
    const handle = socket._handle;
    socket._handle = {};
    const write = source.writer();
    socket._handle = handle;
    write(Buffer.from('plain'));
    const [got] = (await once(far, 'data')) as [Buffer];
    expect(got.toString()).toBe('plain');
  });
});
