// Tests of the judge itself, against servers that do wrong.
import { type RecordingServer, serveRecording } from '@hioload/test-support/servers';
import { frame, Op, showBytes } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { CarelessTransport, type Faults } from './support/careless-transport.js';
import { CUTS } from './support/cuts.js';
import { type FrameCase, judge } from './support/judge.js';

// Whether the judge sees what it has to see: servers that do one thing wrong are told from one that
// does nothing wrong.

const GOOD: FrameCase = {
  units: [frame(Op.Text, 'one'), frame(Op.Binary, 'two')],
  answers: {
    data: [showBytes('text', Buffer.from('one')), showBytes('binary', Buffer.from('two'))],
  },
  ending: { kind: 'holds' },
};
const BAD: FrameCase = {
  units: [frame(Op.Text, 'one'), frame(3, 'x')],
  answers: { data: [showBytes('text', Buffer.from('one'))] },
  ending: { kind: 'fails', code: 1002 },
};

let server: RecordingServer | undefined;
afterEach(() => server?.close());

async function verdictOn(
  faults: Faults,
  frameCase: FrameCase,
  cuts: Parameters<typeof judge>[2] = CUTS,
): Promise<string> {
  const create = async (options: ConstructorParameters<typeof CarelessTransport>[0]) =>
    new CarelessTransport(options, faults);
  const subject = { name: 'careless', create, takesClock: false, exemptions: new Set<string>() };
  server = await serveRecording(subject);
  try {
    await judge(server, frameCase, cuts, 500);
    return 'passed';
  } catch {
    return 'failed';
  }
}

describe('the judge', () => {
  it('passes a server that does nothing wrong', async () => {
    expect(await verdictOn({}, GOOD)).toBe('passed');
    server!.close();
    expect(await verdictOn({}, BAD)).toBe('passed');
  });

  it.each<readonly [string, Faults, FrameCase]>([
    ['ignores a fault and answers the close that follows', { ignoresFaults: true }, BAD],
    ['fails with another code', { code: 1000 }, BAD],
    ['shows the handler the message at fault', { handlesFaults: true }, BAD],
    ['does not end the connection when it fails', { neverEnds: true }, BAD],
    ['does not end the connection when the handshake is done', { neverEnds: true }, GOOD],
    ['alters one octet of an echo', { altersEchoes: true }, GOOD],
    ['sends text as binary', { confusesKinds: true }, GOOD],
    ['masks what it sends', { masks: true }, GOOD],
  ])('fails a server that %s, in every cut', async (_, faults, frameCase) => {
    for (const cut of CUTS) {
      expect(await verdictOn(faults, frameCase, [cut]), cut).toBe('failed');
      server!.close();
    }
  });
});
