// Tests of the request for a write to a socket.
import { FakeBytePool } from '@hioload/fake';
import { expect, it } from 'vitest';
import { HandleConn } from '../../src/net/sockets/handle-conn.js';
import { HandleIo } from '../../src/net/sockets/handle-io.js';
import type { HandleDoors, NodeHandle, WriteRequest } from '../../src/net/sockets/node-handle.js';

/**
 * A write request like that of Node. It must not be used again before its write has ended, or the
 * process aborts.
 */
class OwnRequest {
  isUnderWay = false;

  getAsyncId(): number {
    return this.isUnderWay ? 7 : -1;
  }
}

/** A handle whose kernel does what the test says at each write. */
class OwnHandle {
  writeQueueSize = 0;
  /** The course of the next write: taken at the first try, taken at the second, or not taken. */
  nextWrite: 'first try' | 'second try' | 'waits' = 'first try';
  readonly requests: (WriteRequest & OwnRequest)[] = [];

  writeBuffer(request: WriteRequest & OwnRequest, bytes: Uint8Array): number {
    if (request.isUnderWay)
      throw new Error('a request was used while its write was under way: Node aborts here');
    request.isUnderWay = this.nextWrite !== 'first try';
    if (this.nextWrite === 'waits') this.writeQueueSize = bytes.length;
    if (request.isUnderWay) this.requests.push(request);
    return 0;
  }

  /** Reports the end of the oldest pending write. */
  complete(): void {
    const request = this.requests.shift()!;
    request.isUnderWay = false;
    this.writeQueueSize = 0;
    request.oncomplete(0);
  }

  close(): void {}
}

function stage(): {
  conn: HandleConn;
  handle: OwnHandle;
  pool: FakeBytePool;
  connect: () => [HandleConn, OwnHandle];
} {
  const pool = new FakeBytePool();
  const doors = { WriteRequest: OwnRequest } as unknown as HandleDoors;
  const io = new HandleIo(doors, pool, new Uint8Array(64));
  const connect = (): [HandleConn, OwnHandle] => {
    const handle = new OwnHandle();
    return [new HandleConn(io, handle as unknown as NodeHandle), handle];
  };
  const [conn, handle] = connect();
  return { conn, handle, pool, connect };
}

it.each([10, 10_000])(
  'does not use a request again that the second try has used: %i bytes',
  (length) => {
    const { conn, handle, pool, connect } = stage();
    const [other, otherHandle] = connect();
    const bytes = new Uint8Array(length);
    handle.nextWrite = 'second try';
    expect(conn.write(bytes, 0, length)).toBe(true);
    expect([conn.bufferedBytes, pool.outstanding]).toEqual([0, 0]);
    otherHandle.nextWrite = 'waits';
    expect(other.write(bytes, 0, length)).toBe(false);
    handle.complete();
    // The end of the first write must not count as the end of the second, because the memory of the
    // second is still being read.
    expect([other.bufferedBytes, pool.outstanding]).toEqual([length, length > 2_048 ? 1 : 0]);
    otherHandle.complete();
    expect([other.bufferedBytes, pool.outstanding]).toEqual([0, 0]);
  },
);
