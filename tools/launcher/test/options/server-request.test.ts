// Tests of turning options into settings of a server.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../src/options/resolve.js';
import { toServerOptions } from '../../src/options/server-request.js';

const HERE = fileURLToPath(import.meta.url);

const optionsOf = (
  flags: Readonly<Record<string, string | boolean>>,
): ReturnType<typeof toServerOptions> =>
  toServerOptions(
    resolveOptions({ flags: new Map(Object.entries({ MODULE: HERE, ...flags })), environment: {} }),
  );

describe('toServerOptions', () => {
  it('puts the admin pages on the next port by default', () => {
    expect(optionsOf({ '--port': '5000' }).admin).toEqual({ host: '127.0.0.1', port: 5001 });
    expect(optionsOf({ '--port': '0' }).admin).toEqual({ host: '127.0.0.1', port: 0 });
    expect(optionsOf({ '--admin-port': '7', '--admin-host': '::1' }).admin).toEqual({
      host: '::1',
      port: 7,
    });
    expect(optionsOf({ '--admin': false }).admin).toBeNull();
  });

  it.each([
    ['file://host/x.ts', /^MODULE must be a path, or a file: URL of this machine; got "file:/],
    ['file:///a%2Fb.ts', /^MODULE must be a path, or a file: URL of this machine; got "file:/],
    ['http://host/x.ts', /^MODULE must be a path or a file: URL; got "http:\/\/host\/x\.ts"$/],
    ['C:nowhere.ts', /^MODULE must be a file that exists; got "C:nowhere\.ts"/],
  ])('refuses the module %s in one line', (module, line) => {
    expect(() => optionsOf({ MODULE: module })).toThrow(line);
    expect(() => optionsOf({ '--transport': module.replace('C:', './C:') })).toThrow(
      /^--transport must be [^\n]+$/,
    );
  });

  it('passes on options that were set, and leaves out the others', () => {
    const some = optionsOf({ '--reactors': '2', '--heap-mb': '64', '--max-connections': '5' });
    expect(some).toMatchObject({
      module: HERE,
      reactors: 2,
      heapMb: 64,
      limits: { maxConnections: 5 },
    });
    const lists = { '--allowed-origins': 'null, https://a.example', '--allowed-hosts': '[::1]' };
    expect(optionsOf(lists)).toMatchObject({
      allowedOrigins: ['null', 'https://a.example'],
      allowedHosts: ['[::1]'],
    });
    const none = optionsOf({});
    expect(none).not.toHaveProperty('allowedOrigins');
    expect(none).not.toHaveProperty('allowedHosts');
    expect(none.limits).toEqual({});
    expect(none).not.toHaveProperty('reactors');
    expect(none).not.toHaveProperty('heapMb');
    expect(none.drain).toEqual({ spreadMs: 2_000, deadlineMs: 10_000 });
  });

  it('passes on how reactors wait and how much memory they have', () => {
    expect(optionsOf({}).loop).toBe('park');
    expect(optionsOf({}).bus).toEqual({
      flushRecords: 32,
      drainRecords: 256,
      maxPayloadBytes: 1_048_576,
      slabBytes: 8 * 1_048_576,
    });
    const set = optionsOf({
      '--loop': 'spin',
      '--lane-kib': '64',
      '--slab-mib': '16',
      '--flush-records': '1',
    });
    expect(set.loop).toBe('spin');
    expect(set.bus).toMatchObject({
      laneBytes: 65_536,
      slabBytes: 16 * 1_048_576,
      flushRecords: 1,
    });
  });

  it('makes the path of the module absolute', () => {
    expect(optionsOf({ MODULE: 'package.json' }).module).toBe(`${process.cwd()}/package.json`);
  });

  it.each([
    ['nowhere.ts', /^MODULE must be a file that exists; got "nowhere\.ts" \(looked for .+\)$/],
    ['.', /^MODULE must be a file, such as \.\/app\.ts; got "\.", which is a folder \(.+\)$/],
  ])('refuses %s, which is no file, before anything is started', (path, message) => {
    expect(() => optionsOf({ MODULE: path })).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_MODULE_NOT_FOUND',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});
