/** Tests of parts of the user that cannot be used: each error names the part and its module. */
import { FakeClock } from '@hioload/fake';
import type { ServerOptions } from '@hioload/reactor';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeServer, startServer } from '../server/start-server.js';

const modulePath = (name: string): string => join(import.meta.dirname, 'modules', name);

// Modules leave their marks in the folder that the environment names.
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-'));
  process.env['OWN_SOCKETS'] = folder;
});
afterEach(async () => {
  delete process.env['OWN_SOCKETS'];
  await rm(folder, { recursive: true });
});

describe('a part that cannot be used', () => {
  it.each<[string, Partial<ServerOptions>, string, string]>([
    [
      'a kind without a default export',
      { transport: modulePath('no-default.ts') },
      'HIOLOAD_PART_INVALID',
      `transport: the default export of ${modulePath('no-default.ts')} must be a TransportKind ` +
        '{ name, features, create }; got no default export',
    ],
    [
      'a kind without create',
      { transport: modulePath('half-kind.ts') },
      'HIOLOAD_PART_INVALID',
      `transport: the default export of ${modulePath('half-kind.ts')} must be a TransportKind ` +
        '{ name, features, create }; its create must be a function; got nothing',
    ],
    [
      'a kind that cannot make a transport',
      { transport: modulePath('rejecting-kind.ts') },
      'HIOLOAD_PART_FAILED',
      `transport: the kind rejecting of ${modulePath('rejecting-kind.ts')} cannot make a ` +
        'transport: no card in this machine',
    ],
    [
      'a kind that makes no transport',
      { transport: modulePath('empty-kind.ts') },
      'HIOLOAD_PART_INVALID',
      `transport: the kind empty of ${modulePath('empty-kind.ts')}: what its create resolves ` +
        'with must be a Transport; its listen must be a function; got nothing',
    ],
    [
      'a network listener that cannot listen',
      { transport: modulePath('failing-listener.ts') },
      'HIOLOAD_PART_FAILED',
      `transport: the kind failing of ${modulePath('failing-listener.ts')} cannot listen: no cable`,
    ],
    [
      'a net kind with a slip in a name',
      { transport: modulePath('misspelt-kind.ts') },
      'HIOLOAD_OPTION_INVALID',
      `transport: ${modulePath('misspelt-kind.ts')} failed: createNetKind: the argument has no ` +
        'field "listner"; its fields are name, listener, sharesPort, usesPort, pool, ' +
        'extensions, sockets; ' +
        'did you mean listener?',
    ],
    [
      'a module that throws',
      { transport: modulePath('throwing.ts') },
      'HIOLOAD_MODULE_FAILED',
      `transport: ${modulePath('throwing.ts')} failed: no licence`,
    ],
    [
      'a module that does not exist',
      { transport: modulePath('nowhere.ts') },
      'HIOLOAD_MODULE_NOT_FOUND',
      `transport must be a file that exists; got "${modulePath('nowhere.ts')}"`,
    ],
    [
      'a reactor that cannot drain',
      { reactorModule: modulePath('half-reactor.ts') },
      'HIOLOAD_PART_INVALID',
      `reactorModule: the default export of ${modulePath('half-reactor.ts')}: what it returns ` +
        'must be a Reactor; its drain must be a function; got nothing',
    ],
    [
      'a reactor factory that is no function',
      { reactorModule: modulePath('half-kind.ts') },
      'HIOLOAD_PART_INVALID',
      `reactorModule: the default export of ${modulePath('half-kind.ts')} must be a ` +
        'ReactorFactory, which is a function; got a value of type object',
    ],
    [
      'a kind whose export is a promise that rejects',
      { transport: modulePath('rejected.ts') },
      'HIOLOAD_MODULE_FAILED',
      `transport: ${modulePath('rejected.ts')} failed: no key`,
    ],
    [
      'a reactor that starts on no port',
      { reactorModule: modulePath('portless-reactor.ts') },
      'HIOLOAD_PART_INVALID',
      'the port that the listen of the transport or the start of the reactor resolves with must ' +
        'be a whole number from 0 to 65535; got undefined',
    ],
    [
      'an idle strategy without next',
      { loop: modulePath('half-idle.ts') },
      'HIOLOAD_PART_INVALID',
      `loop: the default export of ${modulePath('half-idle.ts')} must be an IdleStrategy ` +
        '{ name, next }; its next must be a function; got nothing',
    ],
    [
      'an idle strategy that returns an unknown step',
      { loop: modulePath('lost-idle.ts') },
      'HIOLOAD_PART_INVALID',
      `loop: the default export of ${modulePath('lost-idle.ts')}: what its next returns must be ` +
        'IdleStep.Again or IdleStep.Park, which are "again" and "park"; got "sleep"',
    ],
    [
      'an idle strategy that throws',
      { loop: modulePath('throwing-idle.ts') },
      'HIOLOAD_PART_FAILED',
      `loop: the default export of ${modulePath('throwing-idle.ts')}: its next failed: no rest`,
    ],
  ])('is named with its module: %s', async (_, options, code, message) => {
    const { server } = makeServer('echo.ts', { reactors: 1, ...options });
    await expect(server.start()).rejects.toMatchObject({ code, message });
    expect(server.stuck).toEqual([]);
  });

  it('is named although its thread has not ended at the deadline of the start', async () => {
    const clock = new FakeClock();
    const transport = modulePath('slow-exit-kind.ts');
    const { server } = makeServer('echo.ts', { reactors: 1, transport, clock });
    const started = server.start().catch((error: unknown) => error);
    await expect.poll(() => existsSync(join(folder, 'ending')), { timeout: 20_000 }).toBe(true);
    await new Promise(setImmediate);
    clock.advance(25_000);
    expect(await started).toMatchObject({
      code: 'HIOLOAD_PART_FAILED',
      cause: { message: 'no card in this machine' },
    });
  });

  it('ends with the timeout of the start if its module never finishes', async () => {
    const options = { transport: modulePath('endless.ts'), startTimeoutMs: 6_000 };
    const { server } = makeServer('echo.ts', { reactors: 1, ...options });
    await expect(server.start()).rejects.toMatchObject({ code: 'HIOLOAD_REACTOR_START_TIMEOUT' });
    expect(server.stuck).toEqual([]);
  });

  it('does not stop the reactor from ending if drain and stop throw at once', async () => {
    const reactorModule = modulePath('throwing-reactor.ts');
    const started = await startServer('echo.ts', { reactors: 1, reactorModule });
    expect(await started.server.drain()).toEqual({ cut: 0, stuck: [] });
    await started.line(/^reactor 0: its drain failed: no drain$/);
    await started.line(/^reactor 0: its stop failed: no stop$/);
  });

  it('starts nothing after a start that has timed out', async () => {
    let threads = 0;
    const count = (): void => void threads++;
    process.on('worker', count);
    const { server, lines } = makeServer('echo.ts', { reactors: 1, startTimeoutMs: 1 });
    await expect(server.start()).rejects.toMatchObject({ code: 'HIOLOAD_REACTOR_START_TIMEOUT' });
    expect(server.stuck).toEqual([]);
    // The plan is the last thing that a boot does before it notices.
    await expect
      .poll(() => lines.some(({ message }) => message.startsWith('pinning: ')))
      .toBe(true);
    // A second server takes longer than the first would need to start a thread.
    await startServer('echo.ts', { reactors: 1 });
    process.off('worker', count);
    expect(threads).toBe(1);
  });

  it.each<[string, object]>([
    ['an object', { transport: { name: 'mine' } }],
    ['a function', { reactorModule: () => undefined }],
  ])('is refused at once if it is %s and not a module', (given, options) => {
    expect(() => makeServer('echo.ts', options)).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message: expect.stringMatching(
          new RegExp(`; got ${given}\\. .* functions cannot cross threads: make the part the def`),
        ) as string,
      }),
    );
  });
});
