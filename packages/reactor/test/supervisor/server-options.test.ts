// Tests of the options of a server and of their defaults.
import { FakeAffinity, FakeClock, fakeMachine } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { SERVER_DEFAULTS } from '../../src/server-defaults.js';
import { resolveServerOptions, type ServerOptions } from '../../src/supervisor/server-options.js';

const module = '/srv/app.ts';
const noop = (): void => undefined;
const circle: { self?: object } = {};
circle.self = circle;

/** An object with a member that throws when it is read. */
const throwing = (member: string): object =>
  Object.defineProperty({}, member, {
    enumerable: true,
    get: () => {
      throw new Error(`no ${member}`);
    },
  });

describe('the options of a server', () => {
  it('need the module alone, and take the rest from the table of defaults', () => {
    expect(resolveServerOptions({ module })).toMatchObject({
      module,
      host: SERVER_DEFAULTS.host,
      port: SERVER_DEFAULTS.port,
      admin: {
        host: SERVER_DEFAULTS.adminHost,
        port: SERVER_DEFAULTS.port + 1,
        allowedHosts: [],
      },
      reactors: undefined,
      group: SERVER_DEFAULTS.group,
      pin: SERVER_DEFAULTS.pin,
      transport: undefined,
      loop: { type: 'built-in', name: SERVER_DEFAULTS.loop },
      drain: SERVER_DEFAULTS.drain,
      startTimeoutMs: SERVER_DEFAULTS.startTimeoutMs,
      isOwnAffinity: false,
    });
  });

  it('put the admin pages on a free port beside port 0, and nowhere for null', () => {
    expect(resolveServerOptions({ module, port: 0 }).admin).toMatchObject({ port: 0 });
    expect(resolveServerOptions({ module, admin: { port: 7 } }).admin).toEqual({
      host: '127.0.0.1',
      port: 7,
      allowedHosts: [],
    });
    const named = resolveServerOptions({ module, admin: { host: 'me', allowedHosts: ['a.b'] } });
    expect(named.admin?.allowedHosts).toEqual(['a.b', 'me']);
    expect(resolveServerOptions({ module, admin: null }).admin).toBeNull();
  });

  it('take modules by relative path, absolute path and file: URL', () => {
    const file = new URL('file:///srv/my%20app.ts');
    expect(resolveServerOptions({ module: file }).module).toBe('/srv/my app.ts');
    expect(resolveServerOptions({ module: file.href }).module).toBe('/srv/my app.ts');
    expect(resolveServerOptions({ module: 'app.ts' }).module).toBe(`${process.cwd()}/app.ts`);
    const own = resolveServerOptions({
      module,
      transport: './own.ts',
      loop: new URL('file:///srv/idle.ts'),
      reactorModule: '/srv/reactor.js',
    });
    expect(own.transport).toEqual({ type: 'module', file: `${process.cwd()}/own.ts` });
    expect(own.loop).toEqual({ type: 'module', file: '/srv/idle.ts' });
    expect(own.reactorModule).toBe('/srv/reactor.js');
  });

  it('take parts of the supervisor as objects', () => {
    const affinity = new FakeAffinity();
    const parts = { affinity, clock: new FakeClock(), topology: fakeMachine() };
    expect(resolveServerOptions({ module, ...parts })).toMatchObject({
      ...parts,
      isOwnAffinity: true,
    });
  });

  it('take lists of origins and hosts, in any case of letters', () => {
    const none = resolveServerOptions({ module });
    expect([none.allowedOrigins, none.allowedHosts]).toEqual([[], undefined]);
    const allowedOrigins = ['https://App.example', 'https://*.app.example:8443', 'null', '*'];
    const resolved = resolveServerOptions({ module, allowedOrigins, allowedHosts: ['[::1]:80'] });
    expect(resolved.allowedOrigins).toEqual(allowedOrigins.map((one) => one.toLowerCase()));
    expect(resolved.allowedHosts).toEqual(['[::1]:80']);
  });

  it('treat an undefined limit, time or size as not set', () => {
    const resolved = resolveServerOptions({
      module,
      limits: { maxConnections: undefined, maxTopicBytes: 8 } as object,
      drain: { spreadMs: undefined } as object,
      bus: { laneBytes: undefined } as object,
    });
    expect(Object.entries(resolved.limits)).toEqual([['maxTopicBytes', 8]]);
    expect(resolved.drain).toEqual(SERVER_DEFAULTS.drain);
    expect(Object.keys(resolved.bus)).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['no module', { module: undefined }, /^module must be the path .*; got undefined$/],
    ['an empty module', { module: '' }, /^module must be the path .*; got ""$/],
    ['a module on the web', { module: 'https://x.test/a.js' }, /^module must .* begin with file:/],
    ['a port that is a text', { port: 'abc' }, /^port must be a whole .* 0 to 65535; got "abc"$/],
    ['a port out of range', { port: 65_536 }, /^port must be .* 0 to 65535; got 65536$/],
    ['no port left for admin', { port: 65_535 }, /^port must be at most 65534, unless admin/],
    [
      'one port twice',
      { port: 5, admin: { port: 5 } },
      /^admin\.port must be another port .*; got 5/,
    ],
    ['an unknown option', { reactor: 2 }, /has no field "reactor"; .*; did you mean reactors\?$/],
    ['an unknown drain time', { drain: { spread: 2 } }, /^drain has no field "spread"/],
    ['an odd host', { host: 'a b' }, /^host must be a host name .*; got "a b"$/],
    [
      'an origin with a path',
      { allowedOrigins: ['https://a/b'] },
      /^an entry of allowedOrigins must be an origin .*; got "https:\/\/a\/b"$/,
    ],
    ['hosts as a text', { allowedHosts: 'a' }, /^allowedHosts must be a list; got "a"$/],
    ['a URL as a host', { allowedHosts: ['http://a'] }, /^an entry of allowedHosts must be a host/],
    ['no reactors', { reactors: 0 }, /^reactors must be a whole number from 1 to 1024; got 0$/],
    ['too many reactors', { reactors: 1e15 }, /^reactors must be .* from 1 to 1024; got 1000000/],
    ['an unknown group', { group: 'cpu' }, /^group must be one of core, llc, numa; got "cpu"$/],
    ['an unknown pin', { pin: true }, /^pin must be one of auto, on, off; got true$/],
    [
      'an unknown transport',
      { transport: 'tcp' },
      /^transport must be auto, uws, net, or .*"tcp"$/,
    ],
    [
      'a transport as an object',
      { transport: { name: 'x', create: () => undefined } },
      /^transport must be .*; got an object\. .*functions cannot cross threads.*module$/,
    ],
    [
      'a reactor factory as a function',
      { reactorModule: () => undefined },
      /^reactorModule must be .*; got a function\. .*functions cannot cross threads/,
    ],
    [
      'an idle strategy as an object',
      { loop: { name: 'x', next: () => 'park' } },
      /^loop must be park, adaptive, spin, or .*; got an object\. .*cannot cross threads/,
    ],
    ['an unknown limit', { limits: { maxFoo: 1 } }, /^limits has no field "maxFoo"/],
    ['a limit out of range', { limits: { maxTopicBytes: 0 } }, /^limits\.maxTopicBytes must be/],
    [
      'a spread beyond the deadline',
      { drain: { deadlineMs: 5 } },
      /^drain\.spreadMs must be at most drain\.deadlineMs \(5\); got 2000$/,
    ],
    ['a short start', { startTimeoutMs: 0 }, /^startTimeoutMs must be .* from 1 to/],
    ['a small heap', { heapMb: 1 }, /^heapMb must be .* 32 to 65536; got 1$/],
    [
      'a log without levels',
      { log: { info: () => undefined } },
      /^log must .*; it has no function debug$/,
    ],
    ['a clock that is none', { clock: {} }, /^clock must be a Clock .*; its now must be a func/],
    ['random that is no function', { random: 4 }, /^random must be a function; got 4$/],
    [
      'half an affinity',
      { affinity: { available: {} } },
      /^affinity must be an Affinity; its curr/,
    ],
    [
      'a topology without CPUs',
      { topology: { ...fakeMachine(), cpus: [] } },
      /^topology must be a Topology; its cpus must not be empty$/,
    ],
    [
      'a topology without allowed CPUs',
      { topology: { ...fakeMachine(), allowedCpus: [] } },
      /^topology must be a Topology; its allowedCpus must not be empty$/,
    ],
    [
      'a topology that allows a CPU that it lacks',
      { topology: { ...fakeMachine(), allowedCpus: [0, 9_999] } },
      /^topology must be a Topology; its allowedCpus must be ids of its cpus; got 9999$/,
    ],
    ['half a topology', { topology: {} }, /^topology must be a Topology; its cpus must be/],
    [
      'a topology of junk',
      { topology: { ...fakeMachine(), cpus: [null] } },
      /^topology must be a Topology; its cpus\[0\]: got null$/,
    ],
    [
      'an affinity that does not say whether it works',
      { affinity: { available: {}, currentThreadId: noop, pin: noop, read: noop } },
      /^affinity\.available must be an object; its ok must be true or false/,
    ],
    ['a big integer', { port: 1n }, /^port must be a whole .*; got 1n$/],
    ['a port that is not a number', { port: Number.NaN }, /^port must be a whole .*; got NaN$/],
    ['an object that holds itself', { host: circle }, /^host must .*; got a value of type object$/],
    ['a long text', { host: 'x'.repeat(9_999) }, /^host must be .*; got "x{199}\.\.\.$/],
    ['null for a group', { group: null }, /^group must be one of .*; got null$/],
    [
      'a wrong entry of the admin hosts',
      { admin: { allowedHosts: ['http://a'] } },
      /^an entry of admin\.allowedHosts must be a host such as .*; got "http:\/\/a"$/,
    ],
    ['null for the admin host', { admin: { host: null } }, /^admin\.host must be .*; got null$/],
    ['true for the admin pages', { admin: true }, /^admin must be an object with .*; got true$/],
    ['a negative node', { memory: { hugePages: true, boundTo: [-1] } }, /^memory\.boundTo must be/],
    ['an inherited name', Object.create({ prot: 5 }), /^createServer has no field "prot"/],
    [
      'an affinity that gives no reason',
      {
        affinity: {
          available: { ok: false },
          currentThreadId: noop,
          pin: noop,
          read: noop,
        },
      },
      /^affinity\.available must be an object; its reason must be a text/,
    ],
    ['a bus that is no object', { bus: 5 }, /^bus must be an object; got 5$/],
    ['an unknown bus size', { bus: { laneByte: 1 } }, /^bus has no field .*mean laneBytes\?$/],
    ['a bus size that is a text', { bus: { laneBytes: 'x' } }, /^bus\.laneBytes must .*"x"$/],
    ['a memory wish that is a text', { memory: 'x' }, /^memory must be an object; got "x"$/],
    ['half a memory wish', { memory: {} }, /^memory\.hugePages must be true or false; got und/],
    ['an option that throws', throwing('port'), /^createServer: .* cannot be read: no port$/],
    ['a limit that throws', { limits: throwing('maxTopicBytes') }, /cannot be read: no maxTopic/],
    ['a clock that throws', { clock: throwing('now') }, /^clock must .*; its now cannot be read/],
  ])('refuse %s', (_, options, message) => {
    const given = (
      'module' in options ? options : Object.defineProperty(options, 'module', { value: module })
    ) as ServerOptions;
    expect(() => resolveServerOptions(given)).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});
