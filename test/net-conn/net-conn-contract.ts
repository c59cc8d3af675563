// The contract of network connections, as tests for any of them.
import type { NetConn, NetSink } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { once } from 'node:events';
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

const write = (conn: NetConn, text: string): boolean => {
  const bytes = Buffer.from(text);
  return conn.write(bytes, 0, bytes.length);
};

/**
 * Runs what any {@link NetConn} has to keep, on both ends of a pair. @param makeEnds makes a fresh
 * pair
 */
export function describeNetConn(name: string, makeEnds: () => Promise<Ends>): void {
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

    it('carries bytes both ways, in order, and takes little at once', async () => {
      const { server, client, heard, answered } = await connected();
      expect(write(client, 'one')).toBe(true);
      expect(write(client, 'two')).toBe(true);
      await eventually('the server has heard it', () => heard.text === 'onetwo');
      expect(write(server, 'three')).toBe(true);
      await eventually('the client has the answer', () => answered.text === 'three');
      expect([server.bufferedBytes, client.bufferedBytes]).toEqual([0, 0]);
      expect([heard.calls, answered.calls]).toEqual([['received'], ['received']]);
    });

    it('is done with lent bytes when write returns', async () => {
      const { server, client, heard } = await connected();
      const bytes = Buffer.alloc(10_000, 'a');
      client.write(bytes, 0, bytes.length);
      bytes.fill('b');
      await eventually('all has arrived', () => heard.byteLength === bytes.length);
      expect(heard.text === 'a'.repeat(bytes.length)).toBe(true);
      server.close();
    });

    it('writes the range it is told', async () => {
      const { client, heard } = await connected();
      client.write(Buffer.from('<range>'), 1, 6);
      await eventually('it has arrived', () => heard.byteLength === 5);
      expect(heard.text).toBe('range');
    });

    it('counts bytes that wait for a slow peer, and tells when all of them have left', async () => {
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

    it('reads nothing while it is paused, and all of it after', async () => {
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

    it('shuts its sending side behind what was written, and reads on', async () => {
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

    it('lets what was taken through when it closes, and tells its own sink nothing', async () => {
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

    it('is lost to its peer when it aborts, with what waited', async () => {
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

    it('tells that its peer has reset it, once, and takes nothing more', async () => {
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

    it('puts another sink in the place of the first', async () => {
      const { server, client, heard } = await connected();
      write(client, 'first');
      await eventually('it has come', () => heard.text === 'first');
      const second = new NotingSink();
      server.start(second);
      write(client, 'second');
      await eventually('it has come to the second', () => second.text === 'second');
      expect(heard.text).toBe('first');
    });

    it('calls the sink never from inside of a call', async () => {
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
