// Conformance of close frames and of the close handshake.
import {
  closeFrame,
  frame,
  head,
  Op,
  RawClient,
  showBytes,
  showFrames,
} from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { closesWith, describeConformance, failsWith } from './support/conformance.js';

const NOT_TO_BE_SENT = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
const WITHIN_NATIVE = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 4000, 4999];
const BEYOND_NATIVE = [1012, 1013, 1014, 3000, 3999];
const LATE = [frame(Op.Text, 'late'), frame(Op.Ping, 'late'), frame(3, 'late'), closeFrame(1001)];
const NOT_UTF8 = Buffer.from('6feda0806f', 'hex');

describeConformance('close', ({ frames, check }) => {
  frames('without a payload', { units: [frame(Op.Close)], ending: closesWith(1005) });

  frames(
    'with one byte: 1002',
    { units: [frame(Op.Close, 'x')], ending: failsWith(1002) },
    { exemptions: ['one-byte-close-payload'] },
  );

  for (const code of NOT_TO_BE_SENT) {
    frames(
      `with the code ${code}: 1002`,
      { units: [closeFrame(code)], ending: failsWith(1002) },
      { exemptions: ['invalid-close-answered-empty'] },
    );
  }

  for (const [codes, exemptions] of [
    [WITHIN_NATIVE, []],
    [BEYOND_NATIVE, ['close-codes-above-1011']],
  ] as const) {
    for (const code of codes) {
      frames(
        `with the code ${code} is answered with the same code`,
        { units: [closeFrame(code)], ending: closesWith(code) },
        { exemptions },
      );
      frames(
        `with the code ${code} and a reason`,
        { units: [closeFrame(code, 'Grüße ✓')], ending: closesWith(code, 'Grüße ✓') },
        { exemptions },
      );
    }
  }

  frames('with the longest reason', {
    units: [closeFrame(1000, 'r'.repeat(123))],
    ending: closesWith(1000, 'r'.repeat(123)),
  });
  frames('with a reason that is too long: 1002', {
    units: [closeFrame(1000, 'r'.repeat(124))],
    ending: failsWith(1002),
  });
  frames(
    'with a reason that is not UTF-8: 1007',
    { units: [closeFrame(1000, NOT_UTF8)], ending: failsWith(1007) },
    { exemptions: ['invalid-close-answered-empty'] },
  );
  frames(
    'with a reason cut within a code point: 1007',
    { units: [closeFrame(1000, Buffer.from('e282', 'hex'))], ending: failsWith(1007) },
    { exemptions: ['invalid-close-answered-empty'] },
  );
  frames('in fragments: 1002', {
    units: [frame(Op.Close, Buffer.from([3, 0xe8]), { fin: false }), frame(Op.Continuation, 'bye')],
    ending: failsWith(1002),
  });

  frames('makes the server ignore everything behind it, faults too', {
    units: [frame(Op.Text, 'before'), closeFrame(1000, 'done'), ...LATE],
    answers: { data: [showBytes('text', Buffer.from('before'))] },
    ending: closesWith(1000, 'done'),
  });
  frames('between fragments discards the message', {
    units: [
      frame(Op.Text, 'never ', { fin: false }),
      closeFrame(1000),
      frame(Op.Continuation, 'whole'),
    ],
    ending: closesWith(1000),
  });
  frames('after a long message is answered after the echo', {
    units: [frame(Op.Binary, Buffer.alloc(300_000, 7)), closeFrame(1000)],
    answers: { data: [showBytes('binary', Buffer.alloc(300_000, 7))] },
    ending: closesWith(1000),
  });

  check('by both sides at once ends in order, with the code of the server', async (server) => {
    const { recording, requestLine } = server.record();
    const client = new RawClient(server.port);
    client.write(head({ requestLine }));
    await client.answer();
    client.write(closeFrame(1001, 'mine'));
    recording.conn!.end(4001, 'yours');
    await client.ended();
    await recording.closed;
    client.destroy();
    const { closeCode, closeReason } = showFrames(client.frames);
    expect([closeCode, closeReason, recording.closes]).toEqual([4001, 'yours', [[4001, 'yours']]]);
  });

  check(
    'by the server in the middle of a message discards the rest of the message',
    async (server) => {
      const { recording, requestLine } = server.record();
      const client = new RawClient(server.port);
      client.write(head({ requestLine }));
      await client.answer();
      client.write(frame(Op.Text, 'first half, ', { fin: false }));
      await turn();
      recording.conn!.end(4002);
      client.write(Buffer.concat([frame(Op.Continuation, 'second half'), closeFrame(4002)]));
      await client.ended();
      await recording.closed;
      client.destroy();
      expect(showFrames(client.frames)).toMatchObject({ data: [], closeCode: 4002 });
      expect([recording.messages, recording.closes]).toEqual([[], [[4002, '']]]);
    },
  );
});
