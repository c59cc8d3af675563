// Tests of the plan of a server: how many reactors it has, and the log lines on its transport.
import { FakeLogger } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { announceTransport, reactorsOn } from '../../src/supervisor/plan.js';

describe('reactorsOn', () => {
  const alone = { name: 'net', sharesPort: false };

  it('leaves the number to whoever asks, and to the machine, where the port can be shared', () => {
    const shared = { name: 'uws', sharesPort: true };
    expect([undefined, 1, 7].map((asked) => reactorsOn(shared, asked))).toEqual([undefined, 1, 7]);
  });

  it('is one where the port cannot be shared and nobody asks for more', () => {
    expect([undefined, 1].map((asked) => reactorsOn(alone, asked))).toEqual([1, 1]);
  });

  it('refuses more than the transport can have, and says what can have them', () => {
    expect(() => reactorsOn(alone, 2)).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message:
          'reactors must be 1 with the transport net, because several threads can share one port ' +
          'only on Linux, from Node 22.12 on; got 2. A newer Node or the native transport, uws, ' +
          'can run more reactors',
      }),
    );
  });
});

describe('announceTransport', () => {
  const kind = {
    name: 'mine',
    sharesPort: true,
    reason: 'from /own.ts',
    exemptions: [
      { id: 'no-pages', instead: 'no page is sent' },
      { id: 'no-compression', instead: 'no connection is compressed' },
    ],
  };

  it('names the exemptions of a kind of the user, in one line', () => {
    const log = new FakeLogger();
    announceTransport({ ...kind, isOwn: true }, log);
    expect(log.messages('info')).toEqual([
      'transport: mine, from /own.ts',
      'transport: mine does not keep every rule; its exemptions: no-pages, no-compression',
    ]);
  });

  it.each([
    ['a built-in kind, whose exemptions the documentation names', { ...kind, isOwn: false }],
    ['a kind without exemptions', { ...kind, isOwn: true, exemptions: [] }],
  ])('says one line on %s', (_, transport) => {
    const log = new FakeLogger();
    announceTransport(transport, log);
    expect(log.messages('info')).toEqual(['transport: mine, from /own.ts']);
  });
});
