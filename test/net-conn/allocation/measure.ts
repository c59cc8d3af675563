// Measures the garbage of a message in the net transport, in a process of its own.
import type { ConnectionHandlers, NetConn, NetSink, WriteLease } from '@hioload/api';
import { createThreadPools } from '@hioload/pool';
import { createNetTransport } from '@hioload/transport/net';
import { buildTransport } from '@hioload/test-support/servers';
import { head } from '@hioload/test-support/wire';
import { chunkOf, garbageOf, ReusingPool } from '../../protocol/allocation/measure.js';

/** A connection that takes everything and makes nothing. */
class Sponge implements NetConn {
  readonly remoteAddress = '192.0.2.3';
  readonly bufferedBytes = 0;
  writtenBytes = 0;
  sink: NetSink | undefined;

  start(sink: NetSink): void {
    this.sink = sink;
  }

  write(_bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    this.writtenBytes += end - start;
    lease?.release();
    return true;
  }

  pause(): void {}
  resume(): void {}
  shutdown(): void {}
  close(): void {}
  abort(): void {}
}

/** Garbage of a message that goes through a whole transport, `most` of them in a read. */
async function echoing(
  payloadBytes: number,
  most: number,
  handlers: ConnectionHandlers,
): Promise<number> {
  const { transport } = await buildTransport(createNetTransport, {
    handlers,
    limits: { maxMessagesPerSecond: 0 },
    metrics: { add: () => undefined, read: () => 0, observe: () => undefined },
    // Debug mode notes each object that is out, and allocates for it.
    pools: createThreadPools({ debug: false }),
    onFault: (error) => {
      throw error;
    },
    pool: new ReusingPool(),
    sockets: 'plain',
  });
  const net = new Sponge();
  transport.accept(net);
  const request = Buffer.from(head());
  net.sink!.received(request, 0, request.length);
  const { chunk, frames } = chunkOf(Buffer.alloc(payloadBytes, 'a'), false, most);
  const fresh = Buffer.from(chunk);
  const before = net.writtenBytes;
  const garbage = garbageOf(frames, () => {
    // Reading unmasks in place: each time the same masked bytes again.
    chunk.set(fresh);
    net.sink!.received(chunk, 0, chunk.length);
  });
  transport.close();
  if (net.writtenBytes - before < 60_000 * payloadBytes)
    throw new Error('not every message was echoed');
  return garbage;
}

const echo: ConnectionHandlers = { message: (conn, message) => void conn.send(message) };

/** Garbage in bytes per message, by what was done. */
export async function measureAll(): Promise<Record<string, number>> {
  return {
    'echo 64 bytes, one in a read': await echoing(64, 1, echo),
    'echo 64 bytes, many in a read': await echoing(64, Infinity, echo),
    'echo 1 KiB, one in a read': await echoing(1_024, 1, echo),
  };
}
