// The contract of network connections, as tests for any of them.
import type { NetConn, NetSink, ReadLease, WriteLease } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

/** What a sink was told, and whether that was in order. */
export class NotingSink implements NetSink {
  readonly chunks: Buffer[] = [];
  readonly calls: string[] = [];
  error: Error | undefined;
  byteLength = 0;

  received(bytes: Uint8Array, start: number, end: number): void {
    this.chunks.push(Buffer.from(bytes.slice(start, end)));
    this.byteLength += end - start;
    // The bytes are the sink's to change.
    bytes.fill(0xee, start, end);
    this.#note('received');
  }

  ended(): void {
    this.#note('ended');
  }

  drained(): void {
    this.#note('drained');
  }

  closed(error: Error | undefined): void {
    this.error = error;
    this.#note('closed');
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  has(call: string): boolean {
    return this.calls.includes(call);
  }

  #note(call: string): void {
    if (this.calls.at(-1) !== call) this.calls.push(call);
  }
}

/** Both ends of a connection, none of them started. */
export interface Ends {
  readonly server: NetConn;
  readonly client: NetConn;
  /** Whether what carries the bytes has resets. */
  readonly resets: boolean;
  /** Leaves nothing behind. */
  dispose(): void;
}

const MANY_BYTES = 2 ** 24;
/** What a test fills memory with that it has given back. */
const GIVEN_BACK = 0xdd;

/** Memory that is changed as soon as it is released, and counts its releases. */
class CountedWrite implements WriteLease {
  readonly bytes: Buffer;
  releases = 0;

  constructor(byteLength: number, fill: string) {
    this.bytes = Buffer.alloc(byteLength, fill);
  }

  release(): void {
    this.releases += 1;
    this.bytes.fill(GIVEN_BACK);
  }

  writeTo(conn: NetConn): boolean {
    return conn.write(this.bytes, 0, this.bytes.length, this);
  }
}

/** A sink that keeps every read for longer than its call. */
class RetainingSink implements NetSink {
  readonly kept: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
    readonly hold: WriteLease;
  }[] = [];
  byteLength = 0;

  received(bytes: Uint8Array, start: number, end: number, lease?: ReadLease): void {
    if (lease === undefined) throw new Error('an end that lends its buffers gave no lease');
    this.kept.push({ bytes, start, end, hold: lease.retain() });
    this.byteLength += end - start;
  }

  ended(): void {}
  drained(): void {}
  closed(): void {}

  get text(): string {
    return Buffer.concat(
      this.kept.map(({ bytes, start, end }) => bytes.slice(start, end)),
    ).toString();
  }

  giveBack(): void {
    for (const { hold } of this.kept.splice(0)) hold.release();
  }
}

const write = (conn: NetConn, text: string): boolean => {
  const bytes = Buffer.from(text);
  return conn.write(bytes, 0, bytes.length);
};

/**
 * Checks everything that a {@link NetConn} has to keep, on both ends of a pair.
 * @param readBuffers the number of read buffers that each end lends: 0 where an end lends none,
 * `Infinity` where each read has memory of its own
 * @param makeEnds makes a fresh pair
 */
export function describeNetConn(
  name: string,
  readBuffers: number,
  makeEnds: () => Promise<Ends>,
): void {
  describe(`NetConn: ${name}`, () => {
    const open: Ends[] = [];
    afterEach(() => {
      for (const ends of open.splice(0)) {
        ends.server.close();
        ends.client.close();
        ends.dispose();
      }
    });

    async function connected(): Promise<
      Ends & { readonly heard: NotingSink; readonly answered: NotingSink }
    > {
      const ends = await makeEnds();
      open.push(ends);
      const heard = new NotingSink();
      const answered = new NotingSink();
      ends.server.start(heard);
      ends.client.start(answered);
      return { ...ends, heard, answered };
    }

    it('carries bytes both ways and in order, although it takes few at once', async () => {
      const { server, client, heard, answered } = await connected();
      expect(write(client, 'one')).toBe(true);
      expect(write(client, 'two')).toBe(true);
      await eventually('the server has heard it', () => heard.text === 'onetwo');
      expect(write(server, 'three')).toBe(true);
      await eventually('the client has the answer', () => answered.text === 'three');
      expect([server.bufferedBytes, client.bufferedBytes]).toEqual([0, 0]);
      expect([heard.calls, answered.calls]).toEqual([['received'], ['received']]);
    });

    it('does not use lent bytes after write has returned', async () => {
      const { server, client, heard } = await connected();
      const bytes = Buffer.alloc(10_000, 'a');
      client.write(bytes, 0, bytes.length);
      bytes.fill('b');
      await eventually('all has arrived', () => heard.byteLength === bytes.length);
      expect(heard.text === 'a'.repeat(bytes.length)).toBe(true);
      server.close();
    });

    it('writes exactly the given range', async () => {
      const { client, heard } = await connected();
      client.write(Buffer.from('<range>'), 1, 6);
      await eventually('it has arrived', () => heard.byteLength === 5);
      expect(heard.text).toBe('range');
    });

    it('counts bytes that wait for a slow peer, and reports when all have left', async () => {
      const { server, client, heard, answered } = await connected();
      client.pause();
      let released = 0;
      const bytes = Buffer.alloc(MANY_BYTES, 'x');
      expect(server.write(bytes, 0, bytes.length, { release: () => void (released += 1) })).toBe(
        false,
      );
      const buffered = server.bufferedBytes;
      expect(buffered).toBeGreaterThan(0);
      expect(write(server, 'end')).toBe(false);
      expect(server.bufferedBytes).toBe(buffered + 3);
      client.resume();
      await eventually('all has arrived', () => answered.byteLength === MANY_BYTES + 3);
      await eventually('that was told', () => heard.has('drained'));
      expect([server.bufferedBytes, released, answered.text.slice(-4)]).toEqual([0, 1, 'xend']);
    });

    it('holds the lease of a write until its bytes have left, and releases it once', async () => {
      const { server, client, answered } = await connected();
      client.pause();
      const first = new CountedWrite(MANY_BYTES, 'a');
      const second = new CountedWrite(100_000, 'b');
      const third = new CountedWrite(3, 'c');
      expect(first.writeTo(server)).toBe(false);
      expect(second.writeTo(server)).toBe(false);
      write(server, '-copied-');
      write(server, 'copied too');
      expect(third.writeTo(server)).toBe(false);
      expect([first.releases, second.releases, third.releases]).toEqual([0, 0, 0]);
      client.resume();
      const tail = `${'b'.repeat(100_000)}-copied-copied tooccc`;
      await eventually('all has come', () => answered.byteLength === MANY_BYTES + tail.length);
      await eventually('the last lease is back', () => third.releases > 0);
      expect(answered.text === 'a'.repeat(MANY_BYTES) + tail).toBe(true);
      expect([first.releases, second.releases, third.releases]).toEqual([1, 1, 1]);
      expect(server.bufferedBytes).toBe(0);
    });

    it('releases the lease of a short write within the call if all bytes are taken', async () => {
      const { server, answered } = await connected();
      const short = new CountedWrite(100, 's');
      expect(short.writeTo(server)).toBe(true);
      await eventually('it has come', () => answered.byteLength === 100);
      await eventually('the lease is back', () => short.releases > 0);
      expect([answered.text === 's'.repeat(100), short.releases]).toEqual([true, 1]);
    });

    it.each(['close', 'abort', 'abort of the peer'] as const)(
      'releases each lease once, in flight or waiting: %s',
      async (way) => {
        const { server, client, heard } = await connected();
        client.pause();
        const writes = [MANY_BYTES, 100_000, 3].map((length) => new CountedWrite(length, 'w'));
        for (const one of writes) one.writeTo(server);
        expect(writes.map(({ releases }) => releases)).toEqual([0, 0, 0]);
        if (way === 'close') server.close();
        else if (way === 'abort') server.abort();
        else {
          client.abort();
          await eventually('it is told', () => heard.has('closed') || heard.has('ended'));
          server.close();
        }
        await eventually('all are back', () => writes.every(({ releases }) => releases > 0));
        const late = new CountedWrite(10, 'l');
        expect(late.writeTo(server)).toBe(false);
        expect(late.releases).toBe(1);
        // Whatever comes late, comes within the next turns of the event loop.
        for (let i = 0; i < 5; i++) await turn();
        expect(writes.map(({ releases }) => releases)).toEqual([1, 1, 1]);
      },
    );

    const keepsSeveral = readBuffers > 1 ? it : undefined;
    keepsSeveral?.('keeps retained bytes as they are until they are released', async () => {
      const { server, client } = await connected();
      const sink = new RetainingSink();
      server.start(sink);
      write(client, 'first');
      await eventually('it has come', () => sink.text === 'first');
      write(client, ' and second');
      await eventually('more has come', () => sink.byteLength === 16);
      expect(sink.text).toBe('first and second');
      // They outlive the connection.
      server.close();
      client.close();
      await turn();
      expect(sink.text).toBe('first and second');
      sink.giveBack();
    });

    const runsOut = readBuffers > 0 && readBuffers < Infinity ? it : undefined;
    runsOut?.(
      'reads nothing while all its buffers are retained, and goes on with the first',
      async () => {
        const { server, client, answered } = await connected();
        const sink = new RetainingSink();
        server.start(sink);
        for (let i = 0; i < readBuffers; i++) {
          write(client, 'kept');
          await eventually('it has come', () => sink.byteLength === 4 * (i + 1));
        }
        write(client, 'late');
        write(server, 'the other direction');
        await eventually('the other direction goes on', () => answered.byteLength === 19);
        expect(sink.text).toBe('kept'.repeat(readBuffers));
        sink.giveBack();
        await eventually('it has come', () => sink.text === 'late');
        sink.giveBack();
      },
    );

    it('passes no lease, or one that lets received bytes be sent without a copy', async () => {
      const { server, client, answered } = await connected();
      let leases = 0;
      let reads = 0;
      server.start({
        received(bytes, start, end, lease) {
          reads += 1;
          if (lease !== undefined) leases += 1;
          server.write(bytes, start, end, lease?.retain());
        },
        ended: () => undefined,
        drained: () => undefined,
        closed: () => undefined,
      });
      client.pause();
      const sent = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7) % 251));
      for (let at = 0; at < sent.length; at += 10_000) client.write(sent, at, at + 10_000);
      await turn();
      client.resume();
      await eventually('all is back', () => answered.byteLength === sent.length);
      expect(Buffer.concat(answered.chunks).equals(sent)).toBe(true);
      expect(leases).toBe(readBuffers === 0 ? 0 : reads);
    });

    it('reads no byte while it is paused, and every byte after', async () => {
      const { server, client, heard, answered } = await connected();
      server.pause();
      server.pause();
      write(client, 'late');
      write(server, 'ping');
      await eventually('the other direction goes on', () => answered.text === 'ping');
      expect(heard.calls).toEqual([]);
      server.resume();
      server.resume();
      await eventually('it has come', () => heard.text === 'late');
    });

    it('shuts its sending side behind the written bytes, and reads on', async () => {
      const { server, client, heard, answered } = await connected();
      client.pause();
      const bytes = Buffer.alloc(MANY_BYTES, 'x');
      server.write(bytes, 0, bytes.length);
      server.shutdown();
      server.shutdown();
      client.resume();
      await eventually('the end has come', () => answered.has('ended'));
      expect(answered.byteLength).toBe(MANY_BYTES);
      write(client, 'still');
      await eventually('the server still reads', () => heard.text === 'still');
      client.shutdown();
      await eventually('both sides have ended', () => heard.has('ended'));
      expect([heard.has('closed'), answered.has('closed')]).toEqual([false, false]);
    });

    it('delivers accepted bytes when it closes, and does not call its own sink', async () => {
      const { server, client, heard, answered } = await connected();
      write(server, 'bye');
      server.close();
      server.close();
      await eventually(
        'the peer has seen the end',
        () => answered.has('ended') || answered.has('closed'),
      );
      expect(answered.text).toBe('bye');
      expect(heard.calls).toEqual([]);
      expect([server.bufferedBytes, write(server, 'late')]).toEqual([0, false]);
      client.close();
    });

    it('ends at once for its peer when it aborts, and discards waiting bytes', async () => {
      const { server, client, heard, answered } = await connected();
      client.pause();
      const bytes = Buffer.alloc(MANY_BYTES, 'x');
      let released = 0;
      server.write(bytes, 0, bytes.length, { release: () => void (released += 1) });
      server.abort();
      server.abort();
      expect(server.bufferedBytes).toBe(0);
      client.resume();
      // Behind bytes that had arrived already, Linux may show a reset as an end.
      await eventually(
        'the peer has lost it',
        () => answered.has('closed') || answered.has('ended'),
      );
      await eventually('the memory is back', () => released === 1);
      expect(answered.byteLength).toBeLessThan(MANY_BYTES);
      expect(heard.calls).toEqual([]);
    });

    it('reports a reset by its peer once, and takes no further bytes', async () => {
      const { server, client, heard, resets } = await connected();
      client.abort();
      const told = resets ? 'closed' : 'ended';
      await eventually('that is told', () => heard.has(told));
      expect(heard.calls).toEqual([told]);
      if (!resets) return;
      expect((heard.error as NodeJS.ErrnoException).code).toBe('ECONNRESET');
      expect(write(server, 'late')).toBe(false);
      server.shutdown();
      server.pause();
      server.resume();
    });

    it('replaces its sink by another', async () => {
      const { server, client, heard } = await connected();
      write(client, 'first');
      await eventually('it has come', () => heard.text === 'first');
      const second = new NotingSink();
      server.start(second);
      write(client, 'second');
      await eventually('it has come to the second', () => second.text === 'second');
      expect(heard.text).toBe('first');
    });

    it('never calls the sink from inside of a call', async () => {
      const { server, client } = await connected();
      let depth = 0;
      const reentered: number[] = [];
      server.start({
        received: () => {
          reentered.push(depth);
          depth += 1;
          write(server, 'answer');
          server.pause();
          server.resume();
          depth -= 1;
        },
        ended: () => undefined,
        drained: () => reentered.push(depth),
        closed: () => reentered.push(depth),
      });
      for (let i = 0; i < 10; i++) write(client, 'question');
      await eventually('it was asked', () => reentered.length > 0);
      expect(new Set(reentered)).toEqual(new Set([0]));
    });
  });
}

/** Waits for an event of something that emits. */
export async function firstOf<T>(emitter: NodeJS.EventEmitter, event: string): Promise<T> {
  const [value] = (await once(emitter, event)) as [T];
  return value;
}
