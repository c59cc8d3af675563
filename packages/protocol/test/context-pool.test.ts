// Tests of the pool of compression contexts and of its budget.
import { FakeBytePool } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { FrameEncoder, PermessageDeflate, type PermessageDeflateOptions } from '../src/index.js';
import { encodeFrame, type FrameSpec } from './frames.js';
import { readAll } from './messages.js';

const compressed = (payload: string, more: Partial<FrameSpec> = {}): FrameSpec => ({
  rsv: 4,
  payload,
  ...more,
});
const HELLO = `text ${Buffer.from('Hello').toString('hex')}`;

describe('the pool of contexts', () => {
  it('has one context for any number of connections without takeover', () => {
    const extension = new PermessageDeflate({ minBytes: 0 });
    const sessions = Array.from({ length: 100 }, () => extension.accept([])!.session);
    const frame = encodeFrame(compressed('0xf248cdc9c90700'));
    for (const session of sessions)
      expect(readAll([frame], { extension: session }).events).toEqual([HELLO]);
    expect(extension.contexts.lentBytes).toBe(0);
    expect(extension.contexts.bytes).toBeLessThan(50_000);
    extension.contexts.trim();
    expect(extension.contexts.bytes).toBe(0);
  });

  it('separates connections that are in the middle of a message at the same time', () => {
    const extension = new PermessageDeflate({ minBytes: 0 });
    const half = encodeFrame(compressed('0xf248cd', { fin: false }));
    const rest = encodeFrame({ opcode: 0, payload: '0xc9c90700' });
    const readers = Array.from({ length: 5 }, () =>
      readAll([half], { extension: extension.accept([])!.session }),
    );
    expect(extension.contexts.lentBytes).toBeGreaterThan(4 * 32_768);
    for (const { reader, events } of readers) {
      reader.read(Buffer.from(rest), 0, rest.length);
      expect(events).toEqual([HELLO]);
    }
    expect(extension.contexts.lentBytes).toBe(0);
  });

  it('takes a smaller window for contexts that are kept, unless a window is given', () => {
    const bytesOf = (options: PermessageDeflateOptions): number => {
      const extension = new PermessageDeflate({ minBytes: 0, ...options });
      const { session } = extension.accept([])!;
      const encoder = new FrameEncoder({
        role: 'server',
        pool: new FakeBytePool(),
        extension: session,
      });
      encoder.text('to have a context');
      encoder.release();
      return extension.contexts.bytes;
    };
    const shared = bytesOf({});
    const kept = bytesOf({ contextTakeover: true });
    // A window and its chains take four octets for each octet of the window.
    expect(shared - kept).toBe(4 * (2 ** 15 - 2 ** 13));
    expect(bytesOf({ contextTakeover: true, windowBits: 15 })).toBe(shared);
    expect(bytesOf({ contextTakeover: true, windowBits: 12 })).toBe(kept - 4 * (2 ** 13 - 2 ** 12));
  });

  it('declines context takeover when its budget is full, until a connection leaves', () => {
    const extension = new PermessageDeflate({
      contextTakeover: true,
      minBytes: 0,
      maxContextBytes: 500_000,
    });
    const connect = () => {
      const { session, parameters } = extension.accept([])!;
      const encoder = new FrameEncoder({
        role: 'server',
        pool: new FakeBytePool(),
        extension: session,
      });
      encoder.text('to have a context');
      readAll([encodeFrame(compressed('0xf248cdc9c90700'))], { extension: session });
      return { session, takesOver: parameters.length === 0 };
    };
    const connections = Array.from({ length: 10 }, connect);
    expect(connections.filter(({ takesOver }) => takesOver)).toHaveLength(2);
    expect(extension.contexts.bytes).toBeLessThanOrEqual(500_000);
    for (const { session } of connections) session.release();
    expect(extension.contexts.lentBytes).toBe(0);
    expect(connect().takesOver).toBe(true);
  });
});
