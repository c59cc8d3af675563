// Conformance of our client codec: valid and invalid servers.
import { acceptanceHead, ClientHandshake } from '@hioload/protocol';
import {
  ACCEPT_VALUE,
  closeFrame,
  frame as masked,
  type FrameOptions,
  Op,
} from '@hioload/test-support/wire';
import { describe, expect, it } from 'vitest';
import { type OurOutcome, readByOurs } from '../protocol/our-reader.js';
import { CUTS, cutUp } from './support/cuts.js';

// The client half, as far as it has no socket: what our reader makes of a server that misbehaves.
// Keys of masks are judged in packages/protocol/test/frame-encoder.test.ts, answers to the
// handshake in handshake-both-ways.test.ts.

const LIMITS = { isServer: false, maxMessageBytes: 1_000, maxFragments: 4 };

/** A frame of a server. */
const frame = (
  opcode: number,
  payload: string | Uint8Array = '',
  options: FrameOptions = {},
): Buffer => masked(opcode, payload, { ...options, maskKey: null });
/** A frame of a server whose opcode is text and that goes on. */
const open = (payload = 'a'): Buffer => frame(Op.Text, payload, { fin: false });
const close = (...bytes: readonly number[]): Buffer => frame(Op.Close, Uint8Array.from(bytes));
const hex = (text: string): string => Buffer.from(text).toString('hex');

/** What comes of frames in every cut: the same of all. */
function read(units: readonly Buffer[]): OurOutcome {
  const outcomes = CUTS.map((cut) => {
    // The reader changes the memory that it reads.
    const chunks = cutUp(units, cut).map((piece) => Buffer.from(piece));
    const { peakBytes: _, ...outcome } = readByOurs(chunks, LIMITS);
    return outcome;
  });
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  return { ...outcomes[0]!, peakBytes: 0 };
}

describe('conformance of the client, frames that a server may send', () => {
  it.each<readonly [string, readonly Buffer[], readonly string[]]>([
    ['text', [frame(Op.Text, 'a')], [`text ${hex('a')}`]],
    ['nothing', [frame(Op.Text), frame(Op.Binary)], ['text', 'binary']],
    [
      'the longest message',
      [frame(Op.Binary, Buffer.alloc(1_000))],
      [`binary ${'00'.repeat(1_000)}`],
    ],
    [
      'fragments, empty ones too',
      [open(), frame(Op.Continuation, '', { fin: false }), frame(Op.Continuation, 'b')],
      [`text ${hex('ab')}`],
    ],
    [
      'a ping between fragments',
      [open(), frame(Op.Ping, 'p'), frame(Op.Continuation, 'b')],
      [`ping ${hex('p')}`, `text ${hex('ab')}`],
    ],
    [
      'a close frame, after which nothing is read',
      [close(0x03, 0xe8, 0x61), frame(Op.Text, 'late'), frame(3)],
      ['close 1000 a'],
    ],
    ['a close frame without a code', [close()], ['close 1005']],
  ])('is read: %s', (_, units, events) => {
    expect(read(units)).toMatchObject({ events, code: 0 });
  });
});

describe('conformance of the client, frames that no server may send', () => {
  const good = `text ${hex('good')}`;
  it.each<readonly [number, string, readonly Buffer[]]>([
    [1002, 'a text with a mask', [masked(Op.Text, 'x')]],
    [1002, 'an empty text with a mask', [masked(Op.Text)]],
    [1002, 'a ping with a mask', [masked(Op.Ping, 'x')]],
    [1002, 'a close frame with a mask', [closeFrame(1000)]],
    [1002, 'a continuation with a mask', [open(), masked(Op.Continuation, 'x')]],
    ...[1, 2, 3, 4, 5, 6, 7].map(
      (rsv) => [1002, `reserved bits ${rsv}`, [frame(Op.Text, 'x', { rsv })]] as const,
    ),
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
      (opcode) => [1002, `opcode ${opcode}`, [frame(opcode)]] as const,
    ),
    [1002, 'a length that is not the shortest', [frame(Op.Text, 'x', { lengthForm: 16 })]],
    [
      1002,
      'a length that is much longer than it has to be',
      [frame(Op.Text, 'x', { lengthForm: 64 })],
    ],
    [1002, 'a length with its top bit', [frame(Op.Text, '', { announcedBytes: 2n ** 63n })]],
    [1009, 'a length over the limit', [frame(Op.Text, '', { announcedBytes: 1_001n })]],
    [1009, 'a length far over the limit', [frame(Op.Text, '', { announcedBytes: 2n ** 63n - 1n })]],
    [
      1009,
      'fragments over the limit',
      [open('x'.repeat(600)), frame(Op.Continuation, '', { announcedBytes: 401n })],
    ],
    [
      1008,
      'more fragments than are allowed',
      [open(''), ...Array<Buffer>(4).fill(frame(Op.Continuation, '', { fin: false }))],
    ],
    [1002, 'a continuation of nothing', [frame(Op.Continuation, 'x')]],
    [1002, 'a text within a message', [open(), frame(Op.Text, 'x')]],
    [1002, 'a binary within a message', [open(), frame(Op.Binary, 'x')]],
    [1002, 'a ping in fragments', [frame(Op.Ping, 'x', { fin: false })]],
    [1002, 'a ping of 126 bytes', [frame(Op.Ping, 'x'.repeat(126))]],
    [1007, 'text that is not UTF-8', [frame(Op.Text, Buffer.from('61ff', 'hex'))]],
    [
      1007,
      'text that cannot become UTF-8',
      [frame(Op.Text, Buffer.from('eda0', 'hex'), { announcedBytes: 500n })],
    ],
    [
      1007,
      'text cut within a code point',
      [open('a'), frame(Op.Continuation, Buffer.from('e282', 'hex'))],
    ],
    [1002, 'a close payload of one byte', [close(1)]],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map(
      (code) => [1002, `the close code ${code}`, [close(code >> 8, code & 0xff)]] as const,
    ),
    [1007, 'a close reason that is not UTF-8', [close(0x03, 0xe8, 0xff)]],
  ])('fails with %i: %s', (code, _, units) => {
    expect(read(units)).toMatchObject({ events: [], code });
    const behind = read([frame(Op.Text, 'good'), ...units, frame(Op.Text, 'after the fault')]);
    expect(behind).toMatchObject({ events: [good], code });
  });
});

describe('conformance of the client, its handshake', () => {
  it('reads the bytes behind the answer as frames, in every cut', () => {
    for (const cut of CUTS) {
      const client = new ClientHandshake({ host: 'localhost', target: '/' });
      const key = /Sec-WebSocket-Key: (\S+)/.exec(client.request)![1]!;
      expect(Buffer.from(key, 'base64')).toHaveLength(16);
      const answer = acceptanceHead({ key });
      const rest: Buffer[] = [];
      for (const piece of cutUp([Buffer.from(answer), frame(Op.Text, 'glued')], cut)) {
        const taken = client.read(piece, 0, piece.length);
        if (taken < piece.length) rest.push(Buffer.from(piece.subarray(taken)));
      }
      expect(client.result()).toMatchObject({ ok: true });
      expect(readByOurs(rest, LIMITS).events, cut).toEqual([`text ${hex('glued')}`]);
    }
  });

  it('refuses the answer to another key', () => {
    const client = new ClientHandshake({ host: 'localhost', target: '/' });
    const answer = Buffer.from(
      'HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ' +
        `${ACCEPT_VALUE}\r\n\r\n`,
    );
    client.read(answer, 0, answer.length);
    expect(client.result()).toMatchObject({ ok: false, fault: 'accept' });
  });
});
