// Conformance of payload lengths.
import {
  asciiPattern,
  frame,
  type FrameOptions,
  Op,
  pattern,
  showBytes,
} from '@hioload/test-support/wire';
import { describeConformance, failsWith, holds } from './support/conformance.js';
import type { FrameCase } from './support/judge.js';

const MIB = 1_048_576;
const KEY = 0x9d3c_71e5;

const ofText = (bytes: Buffer): FrameCase => ({
  units: [frame(Op.Text, bytes, { maskKey: KEY })],
  answers: { data: [showBytes('text', bytes)] },
  ending: holds,
});
const ofBinary = (bytes: Buffer): FrameCase => ({
  units: [frame(Op.Binary, bytes, { maskKey: KEY })],
  answers: { data: [showBytes('binary', bytes)] },
  ending: holds,
});

/** A header that announces what never comes. */
const announcing = (opcode: number, announcedBytes: bigint, options: FrameOptions = {}): Buffer =>
  frame(opcode, '', { ...options, announcedBytes });

describeConformance('payload lengths', ({ frames }) => {
  for (const length of [0, 1, 125, 126, 127, 128, 65_535, 65_536, MIB]) {
    frames(`text of ${length} bytes`, ofText(asciiPattern(length)));
    frames(`binary of ${length} bytes`, ofBinary(pattern(length)));
  }

  const longForms = [
    [16, 0],
    [16, 125],
    [64, 0],
    [64, 125],
    [64, 126],
    [64, 65_535],
  ] as const;
  for (const [lengthForm, length] of longForms) {
    for (const opcode of [Op.Text, Op.Ping]) {
      // A control frame of more than 125 bytes is another fault.
      if (opcode === Op.Ping && length > 125) continue;
      frames(
        `${length} bytes in a ${opcode === Op.Ping ? 'ping' : 'text'} with a length of ` +
          `${lengthForm} bits: 1002`,
        { units: [frame(opcode, asciiPattern(length), { lengthForm })], ending: failsWith(1002) },
        { exemptions: ['length-form-unchecked'] },
      );
    }
  }

  for (const low of [0n, 5n, 2n ** 63n - 1n]) {
    const shown = `8${low.toString(16).padStart(15, '0')}`;
    frames(`a 64-bit length with the top bit set (${shown}): 1002`, {
      units: [announcing(Op.Binary, 2n ** 63n + low)],
      ending: failsWith(1002),
    });
  }

  for (const length of [
    BigInt(MIB) + 1n,
    2n ** 31n,
    2n ** 32n,
    2n ** 32n + 5n,
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
  ]) {
    for (const [kind, opcode] of [
      ['text', Op.Text],
      ['binary', Op.Binary],
    ] as const) {
      frames(`a ${kind} that announces ${length} bytes, by its header alone: 1009`, {
        units: [announcing(opcode, length)],
        ending: failsWith(1009),
      });
    }
  }

  frames(
    'fragments longer than the limit together, at the header of the last one: 1009',
    {
      units: [
        frame(Op.Binary, pattern(MIB - 10), { fin: false }),
        announcing(Op.Continuation, 11n),
      ],
      ending: failsWith(1009),
    },
    { exemptions: ['fragments-summed-late'] },
  );
  frames('fragments longer than the limit together: 1009', {
    units: [
      frame(Op.Binary, pattern(MIB - 10), { fin: false }),
      frame(Op.Continuation, pattern(11)),
    ],
    ending: failsWith(1009),
  });

  frames('fragments exactly as long as the limit together', {
    units: [
      frame(Op.Binary, pattern(MIB - 10), { fin: false }),
      frame(Op.Continuation, pattern(10)),
    ],
    answers: { data: [showBytes('binary', Buffer.concat([pattern(MIB - 10), pattern(10)]))] },
    ending: holds,
  });
});

describeConformance(
  'payload lengths above the default limit',
  ({ frames }) => {
    for (const length of [4 * MIB, 16 * MIB]) {
      frames(`text of ${length} bytes`, ofText(asciiPattern(length)), { cuts: ['octets'] });
      frames(`binary of ${length} bytes`, ofBinary(pattern(length)), { cuts: ['frames', 'glued'] });
    }
  },
  { limits: { maxPayloadBytes: 16 * MIB, maxBufferedBytes: 64 * MIB } },
);
