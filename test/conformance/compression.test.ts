// Conformance of compressed messages.
import { compressing } from '@hioload/test-support/subjects';
import {
  asciiPattern,
  type DeflateTerms,
  frame,
  newDeflater,
  newInflater,
  Op,
  pattern,
  showBytes,
} from '@hioload/test-support/wire';
import { deflateRawSync, constants } from 'node:zlib';
import {
  type ConformanceSuite,
  describeConformance,
  failsWith,
  holds,
} from './support/conformance.js';
import type { FrameCase } from './support/judge.js';

const RSV1 = 4;
const MIB = 1_048_576;
const KEY = 0x6b8b_4567;

/** Bytes that no method makes shorter. */
function noise(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0, state = 0x2545_f491; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

const PAYLOADS: Readonly<Record<string, Buffer>> = {
  'an empty message': Buffer.alloc(0),
  'one byte': Buffer.from('a'),
  '16 bytes': asciiPattern(16),
  '126 bytes': asciiPattern(126),
  '1,000 bytes that repeat': Buffer.alloc(1_000, 'la'),
  '65,535 bytes': asciiPattern(65_535),
  '65,536 bytes': asciiPattern(65_536),
  '100,000 bytes of noise': noise(100_000),
  '1 MiB that repeats': Buffer.alloc(MIB, 'abc'),
  '1 MiB of noise': noise(MIB),
};

const compressed = (opcode: number, payload: Buffer, fin = true): Buffer =>
  frame(opcode, payload, { rsv: RSV1, fin, maskKey: KEY });

/** A compressed message whose octets are parted into fragments at the places given. */
function inFragments(opcode: number, deflated: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places, deflated.length];
  return ends.map((end, i) => {
    const part = deflated.subarray(i === 0 ? 0 : ends[i - 1], end);
    return frame(i === 0 ? opcode : Op.Continuation, part, {
      rsv: i === 0 ? RSV1 : 0,
      fin: i === ends.length - 1,
      maskKey: KEY,
    });
  });
}

/** Cases that do not depend on what becomes of contexts. */
function defineCases(
  { frames }: ConformanceSuite,
  offer: string,
  clientTerms: DeflateTerms,
  serverTerms: DeflateTerms,
): void {
  const opening: Pick<FrameCase, 'head' | 'newInflater'> = {
    head: { fields: { 'Sec-WebSocket-Extensions': offer } },
    newInflater: () => newInflater(serverTerms),
  };
  const taken = (
    title: string,
    units: readonly Buffer[],
    data: readonly string[],
    pongs: readonly string[] = [],
  ): void => frames(title, { ...opening, units, answers: { data, pongs }, ending: holds });
  const refused = (
    title: string,
    units: readonly Buffer[],
    code: number,
    data: readonly string[] = [],
  ): void =>
    frames(`${title}: ${code}`, { ...opening, units, answers: { data }, ending: failsWith(code) });
  const deflated = (payload: Buffer): Buffer => newDeflater(clientTerms)(payload);
  const binary = (payload: Buffer): string => showBytes('binary', payload);
  const hello = Buffer.from('Hello, hello, hello');
  const prose = Buffer.from(
    'A block with a code of its own needs some text: Ångström, 世界, "so".',
  );

  for (const [name, payload] of Object.entries(PAYLOADS)) {
    taken(name, [compressed(Op.Binary, deflated(payload))], [binary(payload)]);
    taken(
      `${name}, not compressed`,
      [frame(Op.Binary, payload, { maskKey: KEY })],
      [binary(payload)],
    );
  }
  taken(
    'text that is not ASCII',
    [compressed(Op.Text, deflated(Buffer.from('Grüße, 世界 😀 '.repeat(30))))],
    [showBytes('text', Buffer.from('Grüße, 世界 😀 '.repeat(30)))],
  );

  const deflate = newDeflater(clientTerms);
  const many = Array.from({ length: 20 }, (_, i) =>
    Buffer.from(`message ${i % 3}, again and again`),
  );
  taken(
    'many messages that are alike',
    many.map((payload) => compressed(Op.Binary, deflate(payload))),
    many.map(binary),
  );
  const next = newDeflater(clientTerms);
  taken(
    'compressed and plain messages by turns',
    many.map((payload, i) =>
      i % 2 === 0 ? compressed(Op.Binary, next(payload)) : frame(Op.Binary, payload),
    ),
    many.map(binary),
  );

  const long = deflated(pattern(5_000));
  taken('two fragments', inFragments(Op.Binary, long, [long.length >> 1]), [
    binary(pattern(5_000)),
  ]);
  taken('empty fragments', inFragments(Op.Binary, long, [0, 0, 10, 10, long.length]), [
    binary(pattern(5_000)),
  ]);
  taken(
    'a fragment for each octet',
    inFragments(
      Op.Binary,
      deflated(hello),
      Array.from({ length: deflated(hello).length - 1 }, (_, i) => i + 1),
    ),
    [binary(hello)],
  );
  const [first, second] = inFragments(Op.Binary, long, [100]);
  taken(
    'a ping between fragments',
    [first!, frame(Op.Ping, 'now'), second!],
    [binary(pattern(5_000))],
    [showBytes('pong', Buffer.from('now'))],
  );

  const finalBlock = Buffer.concat([deflateRawSync(hello), Buffer.of(0)]);
  taken(
    'a block that says it is the final one',
    [compressed(Op.Binary, finalBlock)],
    [binary(hello)],
  );
  const manyFinal = Buffer.concat([
    ...Array.from({ length: 50 }, () => deflateRawSync(hello)),
    Buffer.alloc(8_000, Buffer.from('0300', 'hex')),
    Buffer.of(0),
  ]);
  taken(
    'thousands of final blocks',
    [compressed(Op.Binary, manyFinal)],
    [binary(Buffer.alloc(50 * hello.length, hello))],
  );
  const stored = deflateRawSync(hello, { level: 0, finishFlush: constants.Z_SYNC_FLUSH }).subarray(
    0,
    -4,
  );
  taken('a block that is stored', [compressed(Op.Binary, stored)], [binary(hello)]);
  const fixed = deflateRawSync(hello, {
    strategy: constants.Z_FIXED,
    finishFlush: constants.Z_SYNC_FLUSH,
  }).subarray(0, -4);
  taken('a block with the fixed code', [compressed(Op.Binary, fixed)], [binary(hello)]);
  const twice = Buffer.concat([
    deflateRawSync(hello, { finishFlush: constants.Z_FULL_FLUSH }),
    deflated(hello),
  ]);
  taken('several blocks', [compressed(Op.Binary, twice)], [binary(Buffer.concat([hello, hello]))]);
  taken('a lone empty block', [compressed(Op.Binary, Buffer.of(0))], [binary(Buffer.alloc(0))]);

  refused(
    'RSV1 on a continuation',
    [first!, frame(Op.Continuation, second!.subarray(6), { rsv: RSV1 })],
    1002,
  );
  refused(
    'RSV1 on a continuation of a plain message',
    [frame(Op.Binary, 'a', { fin: false }), frame(Op.Continuation, 'b', { rsv: RSV1 })],
    1002,
  );
  for (const rsv of [1, 2, 3, 5, 6, 7])
    refused(`reserved bits ${rsv}`, [frame(Op.Binary, deflated(hello), { rsv })], 1002);
  for (const opcode of [Op.Ping, Op.Pong, Op.Close])
    refused(`RSV1 on opcode ${opcode}`, [frame(opcode, '', { rsv: RSV1 })], 1002);

  refused(
    'a block of a type that there is not',
    [compressed(Op.Binary, Buffer.from([0x07, 0xff]))],
    1007,
  );
  refused(
    'a stored block whose lengths do not agree',
    [compressed(Op.Binary, Buffer.from([0x00, 0x05, 0x00, 0x00, 0x00, 0x61]))],
    1007,
  );
  refused('noise', [compressed(Op.Binary, Buffer.concat([Buffer.of(0x07), noise(300)]))], 1007);
  refused(
    'a reference to before the beginning',
    [compressed(Op.Binary, Buffer.from('4a044200', 'hex'))],
    1007,
  );
  refused(
    'a fault behind a good message',
    [compressed(Op.Binary, deflated(hello)), compressed(Op.Binary, Buffer.of(0x07, 0x00))],
    1007,
    [binary(hello)],
  );
  refused(
    'a message that ends within a block',
    [compressed(Op.Binary, deflated(noise(2_000)).subarray(0, 300))],
    1007,
  );
  refused(
    'three octets of a block with a code of its own',
    [compressed(Op.Binary, Buffer.from('06bb3d', 'hex'))],
    1007,
  );
  const blocks = {
    'a dynamic block': deflated(prose),
    'a fixed block': fixed,
    'a final block': deflateRawSync(prose),
  };
  for (const [name, block] of Object.entries(blocks)) {
    refused(`${name} without its last octet`, [compressed(Op.Binary, block.subarray(0, -1))], 1007);
    refused(
      `${name} without its last octet, in fragments`,
      inFragments(Op.Binary, block.subarray(0, -1), [1, block.length >> 1]),
      1007,
    );
  }
  refused(
    'a stored block without the octet behind it',
    [compressed(Op.Binary, stored.subarray(0, -1)), compressed(Op.Binary, deflated(hello))],
    1007,
  );
  refused(
    'compressed text that is not UTF-8',
    [compressed(Op.Text, deflated(Buffer.from([0x61, 0xff])))],
    1007,
  );
  refused(
    'compressed text cut within a code point',
    [compressed(Op.Text, deflated(Buffer.from([0x61, 0xe2, 0x82])))],
    1007,
  );

  taken(
    'a message that becomes as long as the limit',
    [compressed(Op.Binary, deflated(Buffer.alloc(MIB)))],
    [binary(Buffer.alloc(MIB))],
  );
  refused(
    'a message that becomes longer than the limit',
    [compressed(Op.Binary, deflated(Buffer.alloc(MIB + 1)))],
    1009,
  );
  refused(
    'a message that becomes much longer than the limit',
    [compressed(Op.Binary, deflated(Buffer.alloc(32 * MIB)))],
    1009,
  );
  refused(
    'a message in fragments that becomes longer than the limit, before its last fragment',
    inFragments(Op.Binary, deflated(Buffer.alloc(8 * MIB)), [6_000]).slice(0, 1),
    1009,
  );
}

const OFFER = 'permessage-deflate';

describeConformance(
  'compression, contexts kept',
  (suite) => defineCases(suite, OFFER, { takesOver: true }, { takesOver: true }),
  compressing({ contextTakeover: true, minBytes: 0, maxBytes: 2 * MIB }),
);

describeConformance(
  'compression, no contexts kept',
  (suite) => {
    defineCases(suite, OFFER, {}, {});
    const deflate = newDeflater({ takesOver: true });
    const same = pattern(250);
    suite.frames('a message that needs the window of the last one without takeover: 1007', {
      head: { fields: { 'Sec-WebSocket-Extensions': OFFER } },
      units: [same, same].map((payload) => compressed(Op.Binary, deflate(payload))),
      newInflater,
      answers: { data: [showBytes('binary', same)] },
      ending: failsWith(1007),
    });
  },
  compressing({ minBytes: 0, maxBytes: 2 * MIB }),
);

describeConformance(
  'compression, small windows',
  (suite) =>
    defineCases(
      suite,
      `${OFFER}; server_max_window_bits=9; client_max_window_bits=9`,
      { takesOver: true, windowBits: 9 },
      { takesOver: true, windowBits: 9 },
    ),
  compressing({ contextTakeover: true, minBytes: 0, maxBytes: 2 * MIB }),
);
