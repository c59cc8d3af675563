// Conformance of UTF-8 in text messages and close reasons.
import { frame, Op, showBytes } from '@hioload/test-support/wire';
import { describeConformance, failsWith, holds } from './support/conformance.js';
import type { FrameCase } from './support/judge.js';

const VALID: Readonly<Record<string, string>> = {
  'ASCII, first and last': '007f',
  'two octets, first and last': 'c280dfbf',
  'three octets, first and last': 'e0a080efbfbf',
  'before and after the surrogates': 'ed9fbfee8080',
  'four octets, first and last': 'f0908080f48fbfbf',
  'a byte order mark': 'efbbbf61',
  'what is no character': 'efbfbeefbfbff09fbfbe',
  'the replacement character': 'efbfbd',
  Greek: Buffer.from('κόσμε').toString('hex'),
  'of all lengths': Buffer.from('aé漢😀z').toString('hex'),
};

/** Octets that are no UTF-8, and how many of them prove it. */
const INVALID: Readonly<Record<string, readonly [hex: string, provenBy: number]>> = {
  'a lone continuation, first': ['80', 1],
  'a lone continuation, last': ['bf', 1],
  'a continuation after ASCII': ['6180', 2],
  'one continuation too many': ['c3a9a9', 3],
  'overlong in two octets, c0': ['c080', 1],
  'overlong in two octets, c1': ['c1bf', 1],
  'overlong in three octets, first': ['e08080', 2],
  'overlong in three octets, last': ['e09fbf', 2],
  'overlong in four octets, first': ['f0808080', 2],
  'overlong in four octets, last': ['f08fbfbf', 2],
  'the first high surrogate': ['eda080', 2],
  'the last high surrogate': ['edafbf', 2],
  'the first low surrogate': ['edb080', 2],
  'the last low surrogate': ['edbfbf', 2],
  'a pair of surrogates': ['eda081edb080', 2],
  'above U+10FFFF': ['f4908080', 2],
  'above U+13FFFF': ['f5808080', 1],
  'five octets': ['f888808080', 1],
  'six octets': ['fc8480808080', 1],
  'the octet fe': ['fe', 1],
  'the octet ff': ['ff', 1],
  'two octets broken by ASCII': ['c361', 2],
  'three octets broken by ASCII': ['e6bc61', 3],
  'four octets broken by ASCII': ['f09f9861', 4],
  'three octets broken by another start': ['e6bce6bca2', 3],
  'after much that is right': [`${'61'.repeat(300)}c3a9ff`, 303],
};

/** Beginnings of code points, which are wrong only where the message ends. */
const TRUNCATED = ['c3', 'e6', 'e6bc', 'f0', 'f09f', 'f09f98', '61c3'];

const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex');
const accepted = (units: readonly Buffer[], bytes: Buffer): FrameCase => ({
  units,
  answers: { data: [showBytes('text', bytes)] },
  ending: holds,
});

/** A text with a fragment for each octet. */
const octetByOctet = (bytes: Buffer): Buffer[] => [
  ...Array.from(bytes, (octet, i) =>
    frame(i === 0 ? Op.Text : Op.Continuation, Buffer.of(octet), {
      fin: false,
      maskKey: 0xa5a5_0f0f,
    }),
  ),
  frame(Op.Continuation, ''),
];

describeConformance('UTF-8', ({ frames }) => {
  for (const [name, hex] of Object.entries(VALID)) {
    const bytes = bytesOf(hex);
    frames(`takes ${name}`, accepted([frame(Op.Text, bytes, { maskKey: 0x8f0e_c33c })], bytes));
    frames(`takes ${name}, one octet in each fragment`, accepted(octetByOctet(bytes), bytes));
  }

  for (const [name, [hex, provenBy]] of Object.entries(INVALID)) {
    const bytes = bytesOf(hex);
    frames(`${name}: 1007`, { units: [frame(Op.Text, bytes)], ending: failsWith(1007) });
    frames(`${name}, at the end of a longer text: 1007`, {
      units: [
        frame(Op.Text, Buffer.concat([Buffer.from('ä'.repeat(80)), bytes]), {
          maskKey: 0x0102_0304,
        }),
      ],
      ending: failsWith(1007),
    });
    frames(
      `${name}, in the middle of an unfinished frame: 1007`,
      {
        units: [
          frame(Op.Text, bytes.subarray(0, provenBy), {
            announcedBytes: BigInt(bytes.length + 500),
          }),
        ],
        ending: failsWith(1007),
      },
      { exemptions: ['utf8-checked-at-end'], cuts: ['frames'] },
    );
    frames(
      `${name}, in an unfinished message of fragments: 1007`,
      { units: octetByOctet(bytes.subarray(0, provenBy)).slice(0, -1), ending: failsWith(1007) },
      { exemptions: ['utf8-checked-at-end'] },
    );
  }

  for (const hex of TRUNCATED) {
    frames(`a message that ends within a code point (${hex}): 1007`, {
      units: [frame(Op.Text, bytesOf(hex))],
      ending: failsWith(1007),
    });
    frames(
      `a message whose last fragment is empty and that ends within a code point (${hex}): 1007`,
      {
        units: octetByOctet(bytesOf(hex)),
        ending: failsWith(1007),
      },
    );
  }

  frames('does not check binary messages', {
    units: [frame(Op.Binary, bytesOf('ff80c0'))],
    answers: { data: [showBytes('binary', bytesOf('ff80c0'))] },
    ending: holds,
  });
  frames(
    'starts the next connection without the code point that a failed message began',
    accepted([frame(Op.Text, 'a')], Buffer.from('a')),
  );
});
