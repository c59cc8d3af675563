// Tests that malicious input takes linear time and little memory.
import { FakeBytePool } from '@hioload/fake';
import { FrameDecoder, FrameEncoder, PermessageDeflate } from '@hioload/protocol';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ourReader } from './our-reader.js';

const FEW = 1_000;
const TIMES = 32;
/**
 * Linear work takes `TIMES` as long, quadratic work its square, 1,024 times: this lies between
 * them, far from both.
 */
const MOST = 5 * TIMES;

const LIMITS = { maxMessageBytes: 2 ** 30, maxFragments: 2 ** 30 };

function frame(opcode: number, fin: boolean, payload: Buffer | string, rsv = 0): Buffer {
  const encoder = new FrameEncoder({ role: 'server', pool: new FakeBytePool() });
  const bytes = Buffer.from(payload);
  encoder.frame(fin, rsv, opcode, bytes, 0, bytes.length);
  let found = Buffer.alloc(0);
  encoder.flush((block, start, end) => (found = Buffer.from(block.subarray(start, end))));
  return found;
}

const repeat = (bytes: Buffer, times: number): Buffer => Buffer.alloc(bytes.length * times, bytes);

/** CPU time of the fastest of some runs, in microseconds. */
function cpuTime(work: () => void): number {
  let least = Infinity;
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/** @param chunkBytes how much comes at a time */
function read(bytes: Buffer, chunkBytes: number, isCompressed: boolean): void {
  const extension = isCompressed ? new PermessageDeflate().accept([])!.session : undefined;
  const pool = new FakeBytePool();
  const options = { ...LIMITS, isServer: false, ...(extension === undefined ? {} : { extension }) };
  const { reader } = ourReader(options, pool);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const violation = reader.read(bytes, at, Math.min(bytes.length, at + chunkBytes));
    if (violation !== undefined) throw new Error(violation.rule);
  }
  reader.stop();
  extension?.release();
}

const packed = deflateRawSync('x', { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

describe('hostile input', () => {
  it.each<readonly [string, (times: number) => Buffer, number, boolean]>([
    [
      'empty fragments',
      (n) => Buffer.concat([frame(1, false, ''), repeat(frame(0, false, ''), n)]),
      1_000,
      false,
    ],
    [
      'fragments of an octet',
      (n) => Buffer.concat([frame(1, false, ''), repeat(frame(0, false, 'x'), n)]),
      7,
      false,
    ],
    ['a message that comes octet by octet', (n) => frame(1, true, 'x'.repeat(n)), 1, false],
    ['letters that are cut in all places', (n) => frame(1, true, '😀'.repeat(n)), 3, false],
    [
      'pings between fragments',
      (n) => Buffer.concat([frame(2, false, 'x'), repeat(frame(9, true, 'x'), n)]),
      50,
      false,
    ],
    ['headers that come octet by octet', (n) => repeat(frame(2, true, ''), n), 1, false],
    [
      'compressed messages of an octet',
      (n) => repeat(frame(1, true, packed, 4), n / 4),
      1_000,
      true,
    ],
    [
      'compressed fragments of nothing',
      (n) => Buffer.concat([frame(1, false, '', 4), repeat(frame(0, false, ''), n / 4)]),
      1_000,
      true,
    ],
    [
      'final blocks without content',
      (n) => frame(2, true, repeat(Buffer.from('0300', 'hex'), 64 * n), 4),
      1_000,
      true,
    ],
    [
      'final blocks of an octet',
      (n) => frame(2, true, repeat(Buffer.from('4b0400', 'hex'), n), 4),
      1_000,
      true,
    ],
    [
      'empty blocks',
      (n) =>
        frame(
          2,
          true,
          Buffer.concat([repeat(Buffer.from('000000ffff', 'hex'), n), Buffer.of(0)]),
          4,
        ),
      1_000,
      true,
    ],
    [
      'compressed zeros',
      (n) => frame(2, true, deflateRawSync(Buffer.alloc(n * 500)), 4),
      100,
      true,
    ],
  ])('of %s takes linear time', (_name, input, chunkBytes, isCompressed) => {
    const [few, many] = [input(FEW), input(TIMES * FEW)];
    read(few, chunkBytes, isCompressed);
    const ofFew = cpuTime(() => read(few, chunkBytes, isCompressed));
    expect(cpuTime(() => read(many, chunkBytes, isCompressed)) / ofFew).toBeLessThan(MOST);
  });

  it('takes memory for received bytes, not for announced lengths, on 1,000 connections', () => {
    const pool = new FakeBytePool();
    const accept = (): undefined => undefined;
    const sink = { header: accept, piece: accept, frame: accept };
    const announced = Buffer.from('827f0000000010000000', 'hex');
    for (let i = 0; i < 1_000; i++) {
      const decoder = new FrameDecoder(sink, { role: 'client', maxFrameBytes: 2 ** 30, pool });
      decoder.decode(Buffer.concat([announced, Buffer.alloc(100)]), 0, announced.length + 100);
    }
    expect(pool.outstandingBytes).toBeLessThanOrEqual(1_000 * 4_096);
  });
});
