// Tests of the io_uring with real sockets.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLibc } from '../../src/index.js';
import {
  acceptMany,
  BufferRing,
  cancel,
  close,
  CompletionFlag,
  type CompletionSink,
  receiveMany,
  Ring,
  send,
  Shut,
  shutdown,
} from '../../src/internal.js';
import { listenOnLoopback } from './loopback.js';
import { whyNoRing } from './why-no-ring.js';

const door = openLibc();
const reason = whyNoRing(door);
const isLeftOut = leaveOutIf(reason !== undefined, {
  what: 'io_uring',
  reason: reason ?? '',
  command: 'npm run test:matrix, which runs Node 26, on a kernel that allows io_uring',
});

interface Completion {
  readonly low: number;
  readonly high: number;
  readonly result: number;
  readonly flags: number;
}

/** Notes completions, and waits for the next one while Node goes on. */
class Log implements CompletionSink {
  readonly all: Completion[] = [];
  #taken = 0;
  readonly #ring: Ring;

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  completed(low: number, high: number, result: number, flags: number): void {
    this.all.push({ low, high, result, flags });
  }

  /** The next completion. */
  async next(): Promise<Completion> {
    while (this.all.length === this.#taken) {
      this.#ring.submit();
      if (this.#ring.reap(this, 1_024) === 0) await new Promise(setImmediate);
    }
    return this.all[this.#taken++]!;
  }
}

describe.skipIf(isLeftOut)('Ring', () => {
  const libc = door.ok ? door.libc : undefined!;
  let ring: Ring;
  let log: Log;
  let listener: ReturnType<typeof listenOnLoopback>;
  const sockets: Socket[] = [];

  beforeEach(() => {
    ring = new Ring(libc, { entries: 8, completions: 16 });
    log = new Log(ring);
    listener = listenOnLoopback(libc);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    ring.close();
    libc.close(listener.fd);
  });

  /** Makes read buffers whose bytes no test looks at. */
  function makeBuffers(): BufferRing {
    return new BufferRing(libc, ring, { group: 0, buffers: 2, bufferBytes: 64 });
  }

  async function dial(): Promise<Socket> {
    const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  test('one accept takes connection after connection', async () => {
    acceptMany(ring, listener.fd, 7, -9);
    for (let i = 0; i < 3; i++) {
      await dial();
      const { low, high, result, flags } = await log.next();
      expect([low, high]).toEqual([7, -9]);
      expect(result).toBeGreaterThan(listener.fd);
      expect(flags & CompletionFlag.More).toBe(CompletionFlag.More);
      libc.close(result);
    }
  });

  test('bytes come in buffers of the group, and go out from where they lie', async () => {
    const buffers = new BufferRing(libc, ring, { group: 3, buffers: 4, bufferBytes: 64 });
    acceptMany(ring, listener.fd, 1, 0);
    const socket = await dial();
    const { result: fd } = await log.next();
    receiveMany(ring, fd, 3, 2, 0);
    // More rounds than there are buffers: each goes back after its use.
    for (let round = 0; round < 12; round++) {
      const text = `round ${round}`;
      socket.write(text);
      const { low, result, flags } = await log.next();
      expect(low).toBe(2);
      const id = flags >>> 16;
      const start = id * buffers.bufferBytes;
      expect(Buffer.from(buffers.bytes.subarray(start, start + result)).toString()).toBe(text);
      send(ring, fd, buffers.addressOf(start), result, 4, round);
      expect(await log.next()).toMatchObject({ low: 4, high: round, result: text.length });
      expect(String((await once(socket, 'data'))[0])).toBe(text);
      buffers.give(id);
      buffers.show();
    }
    close(ring, fd, 5, 0);
    expect(await log.next()).toMatchObject({ low: 5, result: 0 });
  });

  test('a receive without a buffer ends with ENOBUFS, and a new one goes on', async () => {
    const buffers = new BufferRing(libc, ring, { group: 0, buffers: 1, bufferBytes: 4 });
    acceptMany(ring, listener.fd, 1, 0);
    const socket = await dial();
    const { result: fd } = await log.next();
    receiveMany(ring, fd, 0, 2, 0);
    socket.write('abcdefgh');
    expect(await log.next()).toMatchObject({ low: 2, result: 4 });
    expect(await log.next()).toMatchObject({ low: 2, result: -105, flags: 0 });
    buffers.give(0);
    buffers.show();
    receiveMany(ring, fd, 0, 2, 1);
    expect(await log.next()).toMatchObject({ low: 2, high: 1, result: 4 });
    expect(Buffer.from(buffers.bytes).toString()).toBe('efgh');
    libc.close(fd);
  });

  test('the end of the peer is 0, a reset is ECONNRESET, and a send behind it fails', async () => {
    makeBuffers();
    acceptMany(ring, listener.fd, 1, 0);
    const polite = await dial();
    const { result: first } = await log.next();
    receiveMany(ring, first, 0, 2, 0);
    polite.end();
    expect(await log.next()).toMatchObject({ low: 2, result: 0 });

    const rude = await dial();
    const { result: second } = await log.next();
    receiveMany(ring, second, 0, 3, 0);
    rude.resetAndDestroy();
    expect(await log.next()).toMatchObject({ low: 3, result: -104 });
    send(ring, second, 0, 1, 4, 0);
    expect((await log.next()).result).toBeLessThan(0);
    libc.close(first);
    libc.close(second);
  });

  test('more operations than the queue holds are handed over in turns', async () => {
    acceptMany(ring, listener.fd, 1, 0);
    const socket = await dial();
    const { result: fd } = await log.next();
    const payload = libc.mapMemory(4_096);
    Buffer.from(payload.buffer).write('0123456789');
    for (let i = 0; i < 10; i++) send(ring, fd, payload.address + i, 1, 2, i);
    for (let i = 0; i < 10; i++) expect(await log.next()).toMatchObject({ high: i, result: 1 });
    let came = '';
    while (came.length < 10) came += String((await once(socket, 'data'))[0]);
    expect(came).toBe('0123456789');
    libc.close(fd);
    libc.unmap(payload);
  });

  test('no completion is lost where more are due than the queue holds', async () => {
    for (let i = 0; i < 100; i++) {
      ring.prepare(0, -1, i, 0);
      if (i % 8 === 7) ring.submit();
    }
    ring.submit();
    expect(ring.isOverflowing).toBe(true);
    for (let i = 0; i < 100; i++) expect((await log.next()).low).toBe(i);
    expect(ring.isOverflowing).toBe(false);
  });

  test('a shutdown ends the sending side, and the peer may still send', async () => {
    makeBuffers();
    acceptMany(ring, listener.fd, 1, 0);
    const socket = await dial();
    const { result: fd } = await log.next();
    receiveMany(ring, fd, 0, 2, 0);
    shutdown(ring, fd, Shut.Send, 3, 0);
    const ended = once(socket.resume(), 'end');
    expect(await log.next()).toMatchObject({ low: 3, result: 0 });
    await ended;
    socket.write('still here');
    expect(await log.next()).toMatchObject({ low: 2, result: 10 });
    libc.close(fd);
  });

  test('cancel ends one operation, cancelAll every one', async () => {
    acceptMany(ring, listener.fd, 1, 2);
    acceptMany(ring, listener.fd, 1, 3);
    ring.submit();
    cancel(ring, 1, 2, 9, 9);
    const results = [await log.next(), await log.next()];
    expect(results).toContainEqual({ low: 1, high: 2, result: -125, flags: 0 });
    expect(results).toContainEqual({ low: 9, high: 9, result: 0, flags: 0 });
    expect(ring.cancelAll()).toBe(1);
    expect(await log.next()).toMatchObject({ low: 1, high: 3, result: -125, flags: 0 });
  });

  test('a sink that throws sees no completion twice and loses none', () => {
    for (let i = 0; i < 3; i++) ring.prepare(0, -1, i, 0);
    ring.submit();
    const seen: number[] = [];
    const sink = {
      completed(low: number) {
        seen.push(low);
        if (low === 1) throw new Error('from the sink');
      },
    };
    expect(() => ring.reap(sink, 10)).toThrow('from the sink');
    ring.reap(sink, 10);
    expect(seen).toEqual([0, 1, 2]);
  });

  test('a ring that is closed leaves no descriptor', () => {
    const count = (): number => readdirSync('/proc/self/fd').length;
    const before = count();
    for (let i = 0; i < 20; i++) new Ring(libc, { entries: 64, completions: 128 }).close();
    expect(count()).toBe(before);
  });

  test('sizes that the kernel refuses are an error with the meaning', () => {
    expect(() => new Ring(libc, { entries: 0, completions: 1 })).toThrow(
      'io_uring_setup of 0 entries failed: EINVAL (22), invalid argument',
    );
    expect(() => new BufferRing(libc, ring, { group: 0, buffers: 3, bufferBytes: 64 })).toThrow(
      'buffers must be a power of two from 1 to 32768; got 3',
    );
  });
});
