// Tests of the decoder and the encoder with an extension that is not compression.
import { FakeBytePool, FakeExtension, FakeFrame } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import {
  FrameEncoder,
  MessageReader,
  negotiateExtension,
  parseExtensions,
  Violation,
} from '../src/index.js';
import { encodeFrame } from './frames.js';
import { MessageRecorder, octets, readAll } from './messages.js';

const HELLO = `text ${Buffer.from('Hello').toString('hex')}`;

describe('an extension of a user', () => {
  it('changes messages and marks the changed ones', () => {
    const extension = new FakeExtension();
    const negotiated = negotiateExtension(
      parseExtensions('x-fake-inverting; level=1, x-fake-inverting') ?? [],
      extension,
    );
    expect(negotiated?.element).toBe('x-fake-inverting');
    const { session } = negotiated!;
    const encoder = new FrameEncoder({
      role: 'server',
      pool: new FakeBytePool(),
      extension: session,
    });
    encoder.text('Hello');
    encoder.text('');
    let bytes = Buffer.alloc(0);
    encoder.flush((written, start, end) => (bytes = Buffer.from(written.subarray(start, end))));
    expect(bytes.toString('hex')).toBe('a105b79a9393908100');
    for (const chunks of [[bytes], octets(bytes)]) {
      expect(readAll(chunks, { extension: extension.settle([])! }).events).toEqual([HELLO, 'text']);
    }
    session.release();
    session.release();
    expect(extension.openSessions).toBe(2);
  });

  it.each([
    ['what it cannot decode', encodeFrame({ rsv: 2 }), Violation.NotDecodable],
    [
      'what becomes too long',
      encodeFrame({ rsv: 2, opcode: 2, payload: 'x'.repeat(11) }),
      Violation.MessageTooBig,
    ],
    [
      'text that is none once decoded',
      encodeFrame({ rsv: 2, payload: '0x00' }),
      Violation.TextNotUtf8,
    ],
    ['bits that it does not claim', encodeFrame({ rsv: 4 }), Violation.ReservedBits],
  ])('fails the connection on %s', (_name, frame, violation) => {
    const extension = new FakeExtension().settle([])!;
    expect(readAll([frame], { extension, maxMessageBytes: 10 }).violation).toBe(violation);
  });
});

describe('MessageReader as a FrameSink', () => {
  it('takes frames from any source', () => {
    const sink = new MessageRecorder();
    const reader = new MessageReader(sink, {
      role: 'server',
      maxMessageBytes: 100,
      maxFragments: 10,
      assemblyMs: 0,
      now: () => 0,
      pool: new FakeBytePool(),
    });
    expect(reader.frame(new FakeFrame({ fin: false, payload: 'Hel' }))).toBeUndefined();
    expect(reader.frame(new FakeFrame({ opcode: 9, payload: '?' }))).toBeUndefined();
    expect(reader.frame(new FakeFrame({ opcode: 0, payload: 'lo' }))).toBeUndefined();
    expect(sink.events).toEqual(['ping 3f', HELLO]);
    expect(reader.frame(new FakeFrame({ opcode: 0 }))).toBe(Violation.ContinuationOfNothing);
  });
});
