// Tests of the plan of a server: how many reactors it has, and the log lines on its transport.
import { FakeLogger, fakeMachine } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { announcePlan, announceTransport, lossOf, reactorsOn } from '../../src/supervisor/plan.js';

describe('reactorsOn', () => {
  const alone = { name: 'net', sharesPort: false };

  it('takes the requested number, or that of the machine, if the port can be shared', () => {
    const shared = { name: 'uws', sharesPort: true };
    expect([undefined, 1, 7].map((asked) => reactorsOn(shared, asked))).toEqual([undefined, 1, 7]);
  });

  it('is one reactor if the port cannot be shared and no number is requested', () => {
    expect([undefined, 1].map((asked) => reactorsOn(alone, asked))).toEqual([1, 1]);
  });

  it('refuses more reactors than the transport can have, and names one that can', () => {
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

it('warns of a flag of V8 that overrides the heap of the plan', () => {
  const log = new FakeLogger();
  const plan = {
    topology: fakeMachine({}),
    placement: { places: [{ reactor: 0, cpus: [0], node: 0 }], notes: [] },
    pinning: { pinned: false, reason: 'switched off' },
    transport: {
      name: 'net',
      sharesPort: true,
      usesPort: true,
      reason: '',
      isOwn: false,
      exemptions: [],
    },
    heapMb: 128,
  };
  announcePlan({ ...plan, heapOverride: undefined }, log);
  expect(log.messages('warn')).toEqual([]);
  announcePlan({ ...plan, heapOverride: { plannedMb: 4_096 } }, log);
  expect(log.messages('info')).toContain('plan: reactor 0 -> CPU 0, node 0, heap 128 MiB');
  expect(log.messages('warn')).toEqual([
    'plan: --max-old-space-size=128 of NODE_OPTIONS or the command line overrides the heap of ' +
      '4096 MiB of each reactor; remove the flag, and set --heap-mb (heapMb)',
  ]);
});

describe('announceTransport', () => {
  const kind = {
    name: 'mine',
    sharesPort: true,
    usesPort: true,
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

describe('the line about the transport', () => {
  const alone = {
    name: 'net',
    sharesPort: false,
    usesPort: true,
    reason: 'because uws is not installed',
    isOwn: false,
    exemptions: [],
  };
  const fallback = { remedy: 'npm install uws' };

  it('is a warning with the remedy if other CPUs stay idle', () => {
    const log = new FakeLogger();
    announceTransport(alone, log, fallback);
    expect(log.messages('warn')).toEqual([
      'transport: net, because uws is not installed; one reactor, because several threads can ' +
        'share one port only on Linux, from Node 22.12 on. To use every core, run npm install uws',
    ]);
    announceTransport(alone, log, { remedy: undefined });
    expect(log.messages('warn')[1]).toMatch(/\. A newer Node or the native transport, uws, can /);
  });

  it('is no warning if no CPU stays idle', () => {
    const log = new FakeLogger();
    announceTransport(alone, log);
    announceTransport({ ...alone, sharesPort: true }, log, fallback);
    expect(log.messages('warn')).toEqual([]);
    expect(log.messages('info')).toHaveLength(2);
  });

  it('knows a loss by the choice, the number that was asked for, and the CPUs', () => {
    const wish = {
      type: 'built-in',
      name: 'net',
      reason: alone.reason,
      appMayChoose: true,
      fallback,
    } as const;
    expect(lossOf(wish, alone, undefined, 2)).toBe(fallback);
    expect(lossOf(wish, alone, 1, 2)).toBeUndefined();
    expect(lossOf(wish, alone, undefined, 1)).toBeUndefined();
    const own = { ...alone, reason: 'chosen by the application' };
    expect(lossOf(wish, own, undefined, 2)).toBeUndefined();
    expect(lossOf({ type: 'module', file: '/own.ts' }, alone, undefined, 2)).toBeUndefined();
  });
});
