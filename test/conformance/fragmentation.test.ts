// Conformance of fragmented messages.
import { frame, Op, pattern, showBytes } from '@hioload/test-support/wire';
import { describeConformance, failsWith, holds } from './support/conformance.js';

/** A message in fragments with the payloads given. */
const fragments = (opcode: number, payloads: readonly (string | Buffer)[]): Buffer[] =>
  payloads.map((payload, i) =>
    frame(i === 0 ? opcode : Op.Continuation, payload, {
      fin: i === payloads.length - 1,
      maskKey: 0x0bad_cafe + i,
    }),
  );
const text = (content: string): string => showBytes('text', Buffer.from(content));
const binary = (content: Buffer): string => showBytes('binary', content);
const open = (opcode: number, payload = 'a'): Buffer => frame(opcode, payload, { fin: false });

const MAX_FRAGMENTS = 1_024;

describeConformance('fragmentation', ({ frames }) => {
  const whole: readonly (readonly [string, readonly string[]])[] = [
    ['two', ['Hello, ', 'world']],
    ['many', Array.from({ length: 50 }, (_, i) => `part ${i}, `)],
    ['an empty first', ['', 'a', 'b']],
    ['an empty middle', ['a', '', 'b']],
    ['an empty last', ['a', 'b', '']],
    ['only empty', ['', '', '']],
    ['single octets', Array.from('octets')],
  ];
  for (const [name, payloads] of whole) {
    const content = payloads.join('');
    frames(`text in fragments: ${name}`, {
      units: fragments(Op.Text, payloads),
      answers: { data: [text(content)] },
      ending: holds,
    });
    frames(`binary in fragments: ${name}`, {
      units: fragments(Op.Binary, payloads),
      answers: { data: [binary(Buffer.from(content))] },
      ending: holds,
    });
  }

  for (const length of [125, 126, 65_535, 65_536]) {
    frames(`two fragments of ${length} bytes`, {
      units: fragments(Op.Binary, [pattern(length), pattern(length, 1)]),
      answers: { data: [binary(Buffer.concat([pattern(length), pattern(length, 1)]))] },
      ending: holds,
    });
  }

  frames('several messages in fragments, one after the other', {
    units: [
      ...fragments(Op.Text, ['a', 'b']),
      ...fragments(Op.Binary, ['c', 'd']),
      frame(Op.Text, 'e'),
    ],
    answers: { data: [text('ab'), binary(Buffer.from('cd')), text('e')] },
    ending: holds,
  });

  frames('control frames between fragments', {
    units: [
      open(Op.Text, 'a'),
      frame(Op.Ping, '1'),
      frame(Op.Continuation, 'b', { fin: false }),
      frame(Op.Pong, '2'),
      frame(Op.Ping, '3'),
      frame(Op.Continuation, 'c'),
    ],
    answers: {
      data: [text('abc')],
      pongs: [showBytes('pong', Buffer.from('1')), showBytes('pong', Buffer.from('3'))],
      seenPongs: [showBytes('pong', Buffer.from('2'))],
    },
    ending: holds,
  });

  for (const fin of [true, false]) {
    const which = fin ? 'that is the last' : 'that goes on';
    frames(`a continuation of nothing, ${which}: 1002`, {
      units: [frame(Op.Continuation, 'a', { fin })],
      ending: failsWith(1002),
    });
    frames(`an empty continuation of nothing, ${which}: 1002`, {
      units: [frame(Op.Continuation, '', { fin })],
      ending: failsWith(1002),
    });
    frames(`a continuation after a whole message, ${which}: 1002`, {
      units: [frame(Op.Text, 'whole'), frame(Op.Continuation, 'a', { fin })],
      answers: { data: [text('whole')] },
      ending: failsWith(1002),
    });
    frames(`a continuation after a message in fragments, ${which}: 1002`, {
      units: [...fragments(Op.Text, ['a', 'b']), frame(Op.Continuation, 'c', { fin })],
      answers: { data: [text('ab')] },
      ending: failsWith(1002),
    });
    for (const first of [Op.Text, Op.Binary]) {
      for (const second of [Op.Text, Op.Binary]) {
        frames(
          `opcode ${second}, ${which}, within a message of opcode ${first}: 1002`,
          { units: [open(first), frame(second, 'b', { fin })], ending: failsWith(1002) },
          { exemptions: second === Op.Binary ? ['binary-inside-message'] : [] },
        );
      }
    }
  }

  for (const payload of ['x', '']) {
    const kind = payload === '' ? 'empty fragments' : 'fragments';
    frames(`${kind}, exactly as many as the limit`, {
      units: [Buffer.concat(fragments(Op.Text, Array<string>(MAX_FRAGMENTS).fill(payload)))],
      answers: { data: [text(payload.repeat(MAX_FRAGMENTS))] },
      ending: holds,
    });
    frames(
      `${kind}, one more than the limit: 1008`,
      {
        units: [Buffer.concat(fragments(Op.Text, Array<string>(MAX_FRAGMENTS + 1).fill(payload)))],
        ending: failsWith(1008),
      },
      { exemptions: ['fragments-unbounded'] },
    );
  }
  frames(
    'empty fragments without end: 1008',
    {
      units: [
        open(Op.Binary, ''),
        Buffer.concat(Array<Buffer>(5_000).fill(frame(Op.Continuation, '', { fin: false }))),
      ],
      ending: failsWith(1008),
    },
    { exemptions: ['fragments-unbounded'] },
  );
});
