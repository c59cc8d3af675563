// Tests of the pool of compression contexts and of its budget.
import type { CompressionOptions, ExtensionParameters, ExtensionSession } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import {
  FrameEncoder,
  GrowingBlock,
  PermessageDeflate,
  type PermessageDeflateOptions,
  Violation,
} from '../src/index.js';
import { encodeFrame, type FrameSpec } from './frames.js';
import { readAll } from './messages.js';

const compressed = (payload: string, more: Partial<FrameSpec> = {}): FrameSpec => ({
  rsv: 4,
  payload,
  ...more,
});
/** Room for the reserve of one pair of contexts, and for two connections that keep a pair. */
const MAX_BYTES = 311_296 + 2 * (169_984 + 43_008) + 150_000;
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

  it('declines context takeover if there is no room, until a connection leaves', () => {
    let declined = 0;
    const extension = new PermessageDeflate(
      { contextTakeover: true, minBytes: 0, maxContextBytes: MAX_BYTES },
      { takeoverDeclined: () => (declined += 1), contextLost: () => undefined },
    );
    const connect = () => {
      const { session, parameters } = extension.accept([])!;
      return { session, takesOver: parameters.length === 0 };
    };
    const use = ({ session }: { session: ExtensionSession }): void => {
      const encoder = new FrameEncoder({
        role: 'server',
        pool: new FakeBytePool(),
        extension: session,
      });
      expect(encoder.text('compressed '.repeat(9))).toBe(true);
      let first = 0;
      encoder.flush((bytes, start) => (first = bytes[start]!));
      expect(first & 0x40).toBe(0x40);
      const frame = encodeFrame(compressed('0xf248cdc9c90700'));
      expect(readAll([frame], { extension: session }).events).toEqual([HELLO]);
    };
    // All handshakes come before the first message.
    const connections = Array.from({ length: 10 }, connect);
    const keeping = connections.filter(({ takesOver }) => takesOver);
    expect(keeping).toHaveLength(2);
    expect(declined).toBe(8);
    expect(extension.contexts.bytes).toBe(0);
    expect(extension.contexts.promisedBytes).toBe(2 * (169_984 + 43_008));
    for (let turn = 0; turn < 2; turn++) connections.forEach(use);
    expect(extension.contexts.bytes).toBeLessThanOrEqual(MAX_BYTES);
    expect(extension.contexts.lentBytes).toBe(extension.contexts.promisedBytes);
    for (const { session } of connections) session.release();
    expect([extension.contexts.lentBytes, extension.contexts.promisedBytes]).toEqual([0, 0]);
    expect(connect().takesOver).toBe(true);
  });

  it('reserves only the memory that the handshake has agreed on', () => {
    const promised = (offer: ExtensionParameters, options: CompressionOptions = {}): number => {
      const extension = new PermessageDeflate({ contextTakeover: true, ...options });
      extension.accept(offer);
      return extension.contexts.promisedBytes;
    };
    const both = 169_984 + 43_008;
    expect(promised([])).toBe(both);
    expect(promised([], { contextTakeover: false })).toBe(0);
    expect(promised([['server_no_context_takeover', undefined]])).toBe(43_008);
    expect(promised([['client_no_context_takeover', undefined]])).toBe(169_984);
    expect(promised([['client_max_window_bits', '9']])).toBe(both - (2 ** 15 - 2 ** 9));
    expect(promised([['server_max_window_bits', '9']])).toBe(both - 4 * (2 ** 13 - 2 ** 9));
  });

  it('offers takeover as a client only if there is room, and keeps to its answers', () => {
    const extension = new PermessageDeflate({
      contextTakeover: true,
      maxContextBytes: 354_304 + 250_000,
    });
    const hasTakeover = (): boolean =>
      !extension.offers()[0]!.some(([name]) => name === 'server_no_context_takeover');
    expect(hasTakeover()).toBe(true);
    const session = extension.settle([])!;
    expect(extension.contexts.promisedBytes).toBe(169_984 + 43_008);
    expect(hasTakeover()).toBe(false);
    // The answer to an offer that was made before: it cannot be kept any more.
    expect(extension.settle([])).toBeUndefined();
    session.release();
    expect(extension.settle([])).toBeDefined();
  });

  describe('and messages in fragments', () => {
    const half = encodeFrame(compressed('0xf248cd', { fin: false }));
    const rest = encodeFrame({ opcode: 0, payload: '0xc9c90700' });
    const whole = encodeFrame(compressed('0xf248cdc9c90700'));
    /** Room for one pair of contexts, and for four messages in fragments. */
    const FOUR = 311_296 + 4 * 43_008;

    function stage(options: CompressionOptions = {}) {
      const lost: number[] = [];
      const extension = new PermessageDeflate(
        { minBytes: 0, maxContextBytes: FOUR, ...options },
        { takeoverDeclined: () => undefined, contextLost: () => lost.push(1) },
      );
      const begin = (peer: string) =>
        readAll([half], { extension: extension.accept([], peer)!.session });
      const finish = ({ reader, events }: ReturnType<typeof begin>) => {
        const violation = reader.read(Buffer.from(rest), 0, rest.length);
        return { events, violation };
      };
      return { extension, lost, begin, finish };
    }
    const READ = { events: [HELLO], violation: undefined };
    const LOST = { events: [], violation: Violation.PoolExhausted };
    const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

    it('takes the oldest context of the peer that holds most', () => {
      const { begin, finish, lost, extension } = stage();
      const honest = begin('honest');
      const hostile = Array.from({ length: 20 }, () => begin('hostile'));
      expect(lost).toHaveLength(17);
      expect(extension.contexts.bytes).toBeLessThanOrEqual(FOUR);
      expect(finish(honest)).toEqual(READ);
      expect(hostile.map(finish)).toEqual([...times(17, LOST), ...times(3, READ)]);
    });

    it('tells the owner of a reader that its message is lost', () => {
      const { begin } = stage();
      const readers = Array.from({ length: 5 }, () => begin('one').reader);
      expect(readers.map((reader) => reader.overdue(0))).toEqual([
        Violation.PoolExhausted,
        ...times(4, undefined),
      ]);
    });

    it('always reads messages of one frame, and compresses sent messages', () => {
      const { begin, extension, lost } = stage();
      for (let i = 0; i < 4; i++) begin(`peer ${i}`);
      for (let i = 0; i < 10; i++) {
        const { session } = extension.accept([], 'another')!;
        expect(readAll([whole], { extension: session }).events).toEqual([HELLO]);
        const out = new GrowingBlock(new FakeBytePool());
        expect(session.encode(Buffer.alloc(100), 0, 100, out)).toBe('done');
        session.release();
      }
      expect(lost).toHaveLength(0);
      expect(extension.contexts.bytes).toBeLessThanOrEqual(FOUR);
    });

    it('gives way to a promise', () => {
      const { begin, finish, extension, lost } = stage({
        contextTakeover: true,
        maxContextBytes: 311_296 + 8 * 43_008,
      });
      const none = [['client_no_context_takeover', undefined]] as const;
      const keeps = [...none, ['server_no_context_takeover', undefined]] as const;
      const sessions = Array.from({ length: 8 }, () => extension.accept(keeps, 'a')!.session);
      const readers = sessions.map((session) => readAll([half], { extension: session }));
      expect(lost).toHaveLength(0);
      expect(extension.accept(none, 'b')!.parameters).toEqual(none);
      expect(lost).toHaveLength(4);
      expect(readers.map(finish)).toEqual([...times(4, LOST), ...times(4, READ)]);
      expect(begin('c').violation).toBeUndefined();
    });

    it('holds nothing for fragments without octets', () => {
      const { extension } = stage();
      const empty = encodeFrame(compressed('', { fin: false }));
      const { session } = extension.accept([])!;
      const { reader, events } = readAll([empty], { extension: session });
      expect(extension.contexts.bytes).toBe(0);
      const last = encodeFrame({ opcode: 0 });
      reader.read(Buffer.from(last), 0, last.length);
      expect(events).toEqual(['text']);
    });
  });

  it('never lends a context again that was left within a message', () => {
    for (const contextTakeover of [false, true]) {
      const extension = new PermessageDeflate({ minBytes: 0, contextTakeover });
      const idleAfter = (payload: string, isLast: boolean): number => {
        const { session } = extension.accept([])!;
        const bytes = Buffer.from(payload, 'hex');
        const out = new GrowingBlock(new FakeBytePool());
        session.decode(bytes, 0, bytes.length, isLast, out, 100);
        session.release();
        expect(session.decode(bytes, 0, bytes.length, isLast, out, 100)).toBe('invalid');
        const { bytes: idle } = extension.contexts;
        extension.contexts.trim();
        expect(extension.contexts.bytes).toBe(0);
        return idle;
      };
      expect(idleAfter('f248cdc9c90700', true)).toBe(43_008);
      expect(idleAfter('f248cd', true)).toBe(0);
      expect(idleAfter('f248cd', false)).toBe(0);
      expect(idleAfter('ffffff', true)).toBe(0);
    }
  });

  it('keeps few idle contexts', () => {
    const extension = new PermessageDeflate({ contextTakeover: true, minBytes: 0 });
    const frame = encodeFrame(compressed('0xf248cdc9c90700'));
    const sessions = Array.from({ length: 50 }, () => extension.accept([])!.session);
    for (const session of sessions) readAll([frame], { extension: session });
    for (const session of sessions) session.release();
    expect(extension.contexts.bytes).toBe(4 * 43_008);
  });
});
