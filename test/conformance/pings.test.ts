// Conformance of pings and pongs.
import {
  frame,
  head,
  Op,
  pattern,
  RawClient,
  showBytes,
  showFrames,
} from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { describeConformance, failsWith, holds } from './support/conformance.js';

const pong = (payload: Uint8Array): string => showBytes('ping', payload).replace('ping', 'pong');
const numbered = Array.from({ length: 10 }, (_, i) => Buffer.from(`ping ${i}`));

describeConformance('pings and pongs', ({ frames, check }) => {
  for (const length of [0, 1, 124, 125]) {
    frames(`a ping of ${length} bytes is answered with the same bytes`, {
      units: [frame(Op.Ping, pattern(length), { maskKey: 0x1234_5678 })],
      answers: { pongs: [pong(pattern(length))] },
      ending: holds,
    });
  }

  for (const [name, opcode] of [
    ['ping', Op.Ping],
    ['pong', Op.Pong],
  ] as const) {
    frames(`a ${name} of 126 bytes: 1002`, {
      units: [frame(opcode, pattern(126))],
      ending: failsWith(1002),
    });
    frames(`a ${name} that announces 65,536 bytes, by its header alone: 1002`, {
      units: [frame(opcode, '', { announcedBytes: 65_536n })],
      ending: failsWith(1002),
    });
    frames(`a fragmented ${name}: 1002`, {
      units: [frame(opcode, 'a', { fin: false }), frame(Op.Continuation, 'b')],
      ending: failsWith(1002),
    });
    frames(`a fragmented ${name} within a message: 1002`, {
      units: [frame(Op.Text, 'a', { fin: false }), frame(opcode, 'b', { fin: false })],
      ending: failsWith(1002),
    });
  }

  frames('an unasked pong gets no answer', {
    units: [frame(Op.Pong, ''), frame(Op.Pong, 'unsolicited'), frame(Op.Text, 'message')],
    answers: {
      data: [showBytes('text', Buffer.from('message'))],
      seenPongs: ['pong', showBytes('pong', Buffer.from('unsolicited'))],
    },
    ending: holds,
  });

  frames('pings between messages are answered in order', {
    units: numbered.flatMap((payload) => [frame(Op.Ping, payload), frame(Op.Text, payload)]),
    answers: {
      pongs: numbered.map(pong),
      data: numbered.map((payload) => showBytes('text', payload)),
    },
    ending: holds,
  });

  check('a ping between fragments is answered before the message ends', async (server) => {
    const { recording, requestLine } = server.record();
    const client = new RawClient(server.port);
    client.write(head({ requestLine }));
    await client.answer();
    client.write(Buffer.concat([frame(Op.Text, 'one, ', { fin: false }), frame(Op.Ping, 'now')]));
    await client.until('the pong', () => client.frames.length === 1);
    expect(showFrames(client.frames).pongs).toEqual([pong(Buffer.from('now'))]);
    expect(recording.messages).toEqual([]);
    client.write(Buffer.concat([frame(Op.Ping, 'again'), frame(Op.Continuation, 'two')]));
    await client.until('the echo', () => client.frames.length === 3);
    client.destroy();
    expect(recording.messages).toEqual([showBytes('text', Buffer.from('one, two'))]);
  });

  frames('ten pings in one write are all answered, in order', {
    units: [Buffer.concat(numbered.map((payload) => frame(Op.Ping, payload)))],
    answers: { pongs: numbered.map(pong) },
    ending: holds,
  });
});
