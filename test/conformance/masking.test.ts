// Conformance of masked and unmasked frames.
import {
  closeFrame,
  frame,
  head,
  Op,
  pattern,
  RawClient,
  showBytes,
} from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { describeConformance, failsWith, holds } from './support/conformance.js';

const KEYS = [
  0, 0xffff_ffff, 0x0000_0001, 0x0100_0000, 0x00ff_00ff, 0xff00_ff00, 0x8080_8080, 0x0102_0304,
  0x7fff_ffff, 0xdead_beef,
];
/** Longer than the words in which a payload may be unmasked, twice, and no multiple of four. */
const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 67];

describeConformance('masking', ({ frames, check }) => {
  const unmasked = [
    ['a text', [frame(Op.Text, 'no mask', { maskKey: null })]],
    ['an empty text', [frame(Op.Text, '', { maskKey: null })]],
    ['a binary', [frame(Op.Binary, pattern(200), { maskKey: null })]],
    ['a ping', [frame(Op.Ping, 'no mask', { maskKey: null })]],
    ['a close', [frame(Op.Close, Buffer.from([3, 0xe8]), { maskKey: null })]],
    [
      'a continuation',
      [frame(Op.Text, 'a', { fin: false }), frame(Op.Continuation, 'b', { maskKey: null })],
    ],
  ] as const;
  for (const [name, units] of unmasked) {
    frames(
      `${name} without a mask: 1002`,
      { units, ending: failsWith(1002) },
      { exemptions: ['mask-bit-unchecked'] },
    );
  }

  for (const maskKey of KEYS) {
    frames(`the key ${maskKey.toString(16).padStart(8, '0')}, at every length`, {
      units: LENGTHS.map((length) => frame(Op.Binary, pattern(length), { maskKey })),
      answers: { data: LENGTHS.map((length) => showBytes('binary', pattern(length))) },
      ending: holds,
    });
  }

  frames('a different key for each fragment', {
    units: [
      frame(Op.Binary, pattern(33), { fin: false, maskKey: 0x1122_3344 }),
      frame(Op.Continuation, pattern(34), { fin: false, maskKey: 0 }),
      frame(Op.Continuation, pattern(35), { maskKey: 0x5566_7788 }),
    ],
    answers: {
      data: [showBytes('binary', Buffer.concat([pattern(33), pattern(34), pattern(35)]))],
    },
    ending: holds,
  });

  check('a chunk that ends anywhere within a frame', async (server) => {
    const { recording, requestLine } = server.record();
    const client = new RawClient(server.port);
    client.write(head({ requestLine }));
    await client.answer();
    const expected: string[] = [];
    for (const length of [13, 140]) {
      for (let at = 1; ; at++) {
        const bytes = frame(Op.Binary, pattern(length, at), { maskKey: 0x9d3c_71e5 });
        if (at === bytes.length) break;
        expected.push(showBytes('binary', pattern(length, at)));
        client.write(bytes.subarray(0, at));
        await turn();
        client.write(bytes.subarray(at));
        await turn();
      }
    }
    client.write(closeFrame(1000));
    await recording.closed;
    client.destroy();
    expect(recording.messages).toEqual(expected);
  });
});
