// Tests of options from flags, environment and files.
import { LIMIT_TABLE } from '@hioload/api';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceLinks, unknownVariables } from '../../src/options/sources.js';
import { resolveOptions, type ResolvedOptions } from '../../src/options/resolve.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hioload-options-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Given {
  readonly flags?: Readonly<Record<string, string | boolean>>;
  readonly environment?: NodeJS.ProcessEnv;
  /** The content of the file of `--config`: text is written as it is, other values as JSON. */
  readonly file?: unknown;
}

function resolve({ flags = {}, environment = {}, file }: Given): ResolvedOptions {
  const all = new Map(Object.entries<string | boolean>({ MODULE: 'app.ts', ...flags }));
  if (file !== undefined) all.set('--config', writeFile(file));
  return resolveOptions({ flags: all, environment });
}

function writeFile(content: unknown): string {
  const path = join(folder, 'hioload.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The error line, without the folder of this test. */
function complaint(given: Given): string {
  try {
    resolve(given);
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
  throw new Error('nothing was refused');
}

describe('precedence', () => {
  it('takes defaults if nobody sets anything', () => {
    const { options } = resolve({});
    expect(options).toMatchObject({
      module: 'app.ts',
      port: 9001,
      host: '127.0.0.1',
      admin: true,
      group: 'core',
    });
    expect(options.reactors).toBeUndefined();
    expect(options.limits).toEqual({});
  });

  it('prefers flags to variables, and variables to the file', () => {
    const file = {
      port: 1,
      host: 'a',
      group: 'numa',
      limits: { maxConnections: 1, maxTopicBytes: 1 },
    };
    const environment = { PORT: '2', HOST: 'b', HIOLOAD_MAX_CONNECTIONS: '2' };
    const { options } = resolve({ file, environment, flags: { '--port': '3' } });
    expect(options).toMatchObject({
      port: 3,
      host: 'b',
      group: 'numa',
      limits: { maxConnections: 2, maxTopicBytes: 1 },
    });
  });

  it('takes the file that a variable names, but prefers that of the flag', () => {
    const path = writeFile({ port: 7 });
    const environment = { HIOLOAD_CONFIG: path };
    expect(resolveOptions({ flags: new Map([['MODULE', 'a.ts']]), environment }).options.port).toBe(
      7,
    );
    expect(
      resolve({ environment: { HIOLOAD_CONFIG: join(folder, 'absent.json') }, file: { port: 8 } })
        .options.port,
    ).toBe(8);
  });

  it('takes the module from any source', () => {
    const noFlags = new Map<string, string>();
    expect(
      resolveOptions({ flags: noFlags, environment: { HIOLOAD_MODULE: 'b.ts' } }).options.module,
    ).toBe('b.ts');
    const flags = new Map([['--config', writeFile({ module: 'c.ts' })]]);
    expect(resolveOptions({ flags, environment: {} }).options.module).toBe('c.ts');
  });

  it('turns the admin pages on and off', () => {
    expect(resolve({ flags: { '--admin': false } }).options.admin).toBe(false);
    expect(resolve({ environment: { HIOLOAD_ADMIN: 'false' } }).options.admin).toBe(false);
    expect(resolve({ file: { admin: false }, flags: { '--admin': true } }).options.admin).toBe(
      true,
    );
  });

  it('knows the name under which each option was given', () => {
    const { nameOf } = resolve({
      flags: { '--port': '1' },
      environment: { HOST: 'b' },
      file: { reactors: 1 },
    });
    const names = ['port', 'host', 'reactors', 'heapMb', 'module'].map(nameOf);
    expect(names.map((name) => name.replace(`${folder}/`, ''))).toEqual([
      '--port',
      'HOST',
      'reactors (in hioload.json)',
      '--heap-mb',
      'MODULE',
    ]);
  });

  it.each([
    ['INFO', 'info'],
    ['Warn', 'warn'],
    ['trace', 'debug'],
    ['FATAL', 'error'],
    ['warning', 'warn'],
    ['silent', 'silent'],
  ])('takes the level %s for %s, in every source', (given, level) => {
    expect(resolve({ environment: { LOG_LEVEL: given } }).options.logLevel).toBe(level);
    expect(resolve({ flags: { '--log-level': given } }).options.logLevel).toBe(level);
    expect(resolve({ file: { logLevel: given } }).options.logLevel).toBe(level);
  });

  it('passes over the service links of Kubernetes, and says which they are', () => {
    const environment = {
      HIOLOAD_ADMIN_PORT: 'tcp://10.96.7.13:9002',
      HIOLOAD_ADMIN_SERVICE_HOST: '10.96.7.13',
      HIOLOAD_ADMIN_SERVICE_PORT: '9002',
      HIOLOAD_ADMIN_SERVICE_PORT_METRICS: '9002',
      HIOLOAD_ADMIN_PORT_9002_TCP: 'tcp://10.96.7.13:9002',
      HIOLOAD_ADMIN_PORT_9002_TCP_PROTO: 'tcp',
      HIOLOAD_ADMIN_PORT_9002_TCP_PORT: '9002',
      HIOLOAD_ADMIN_PORT_9002_TCP_ADDR: '10.96.7.13',
      HIOLOAD_PORT: 'tcp://10.96.7.12:9001',
      HIOLOAD_SERVICE_HOST: '10.96.7.12',
      HIOLOAD_PORT_53_UDP_ADDR: '10.96.7.12',
    };
    expect(resolve({ environment }).options.adminPort).toBeUndefined();
    expect(unknownVariables(environment)).toEqual([]);
    expect(serviceLinks(environment).toSorted()).toEqual(Object.keys(environment).toSorted());
    expect(serviceLinks({ HIOLOAD_ADMIN_PORT: '9002', HIOLOAD_REACTORS: '2' })).toEqual([]);
    expect(complaint({ environment: { HIOLOAD_ADMIN_PORT: 'tcp' } })).toMatch(
      /^HIOLOAD_ADMIN_PORT must be a whole number/,
    );
    expect(unknownVariables({ HIOLOAD_PORT: '9001' })).toHaveLength(1);
  });

  it('lets 0 turn a limit off if that is allowed', () => {
    expect(
      resolve({ flags: { '--idle-timeout-seconds': '0' } }).options.limits.idleTimeoutSeconds,
    ).toBe(0);
  });
});

describe('error lines', () => {
  it.each<[string, Given, string]>([
    [
      'a flag above its range',
      { flags: { '--port': '70000' } },
      '--port must be a whole number from 0 to 65535; got 70000',
    ],
    [
      'a flag below its range',
      { flags: { '--port': '-1' } },
      '--port must be a whole number from 0 to 65535; got -1',
    ],
    [
      'a variable',
      { environment: { PORT: '70000' } },
      'PORT must be a whole number from 0 to 65535; got 70000',
    ],
    [
      'an empty variable',
      { environment: { PORT: '' } },
      'PORT must be a whole number from 0 to 65535; got ""',
    ],
    [
      'a key of the file',
      { file: { port: 70_000 } },
      'port (in hioload.json) must be a whole number from 0 to 65535; got 70000',
    ],
    [
      'a number as text in the file',
      { file: { port: '9001' } },
      'port (in hioload.json) must be a whole number from 0 to 65535; got "9001"',
    ],
    [
      'a number beyond all numbers in the file',
      { file: '{"port": 1e999}' },
      'port (in hioload.json) must be a whole number from 0 to 65535; got Infinity',
    ],
    [
      'null in the file',
      { file: { host: null } },
      'host (in hioload.json) must be a host name or a numeric address; got null',
    ],
    [
      'a limit',
      { flags: { '--idle-timeout-seconds': '7' } },
      '--idle-timeout-seconds must be a whole number from 8 to 960 (seconds), ' +
        'or 0 to turn it off; got 7',
    ],
    [
      'a limit of the file',
      { file: { limits: { maxTopicBytes: 0 } } },
      'limits.maxTopicBytes (in hioload.json) must be a whole number from 1 to 65535 (bytes); ' +
        'got 0',
    ],
    [
      'a list',
      { flags: { '--allowed-hosts': 'a,http://b' } },
      '--allowed-hosts must be hosts with commas between them, such as example.org,' +
        'example.org:9001,*.example.org,[::1]; got "a,http://b"',
    ],
    [
      'a word',
      { flags: { '--group': 'socket' } },
      '--group must be core, llc or numa; got "socket"',
    ],
    [
      'the only allowed word',
      { flags: { '--accept': 'distribute' } },
      '--accept must be kernel; got "distribute"',
    ],
    [
      'a toggle',
      { environment: { HIOLOAD_ADMIN: 'yes' } },
      'HIOLOAD_ADMIN must be true or false; got "yes"',
    ],
    [
      'a host',
      { flags: { '--host': 'a b' } },
      '--host must be a host name or a numeric address; got "a b"',
    ],
    [
      'a spread over the deadline',
      { flags: { '--drain-spread-ms': '10001' } },
      '--drain-spread-ms must be at most --drain-deadline-ms (10000); got 10001',
    ],
    [
      'a deadline under the spread',
      { file: { drainDeadlineMs: 1_999 } },
      '--drain-spread-ms must be at most drainDeadlineMs (in hioload.json) (1999); got 2000',
    ],
    [
      'a slab too small for the longest message',
      { flags: { '--slab-mib': '2' } },
      '--slab-mib must be at least 3, to hold two messages of --max-publish-bytes (1048576); got 2',
    ],
    [
      'no room for the admin port',
      { flags: { '--port': '65535' } },
      '--port must be at most 65534 unless --admin-port or --no-admin is given; got 65535',
    ],
    [
      'one port twice',
      { flags: { '--port': '5' }, environment: { HIOLOAD_ADMIN_PORT: '5' } },
      'HIOLOAD_ADMIN_PORT must be another port than --port; got 5',
    ],
    [
      'an unknown key',
      { file: { prot: 1 } },
      'prot is not an option (in hioload.json); did you mean port?',
    ],
    ['a key like none', { file: { zzzzzzz: 1 } }, 'zzzzzzz is not an option (in hioload.json)'],
    [
      'a limit outside of limits',
      { file: { maxConnections: 1 } },
      'maxConnections is not an option (in hioload.json); did you mean limits.maxConnections?',
    ],
    [
      'the name of a flag, with a slip',
      { file: { 'max-conections': 1 } },
      'max-conections is not an option (in hioload.json); did you mean limits.maxConnections?',
    ],
    [
      'a slip in limits',
      { file: { limit: {} } },
      'limit is not an option (in hioload.json); did you mean limits?',
    ],
    [
      'an option inside of limits',
      { file: { limits: { port: 1 } } },
      'limits.port is not an option (in hioload.json); did you mean port?',
    ],
    [
      'a key that every object has',
      { file: '{"__proto__": {"port": 1}}' },
      '__proto__ is not an option (in hioload.json)',
    ],
    [
      'limits that are no object',
      { file: { limits: [1] } },
      'limits (in hioload.json) must be an object with a number for each limit; got [1]',
    ],
    [
      'a file that is no object',
      { file: [] },
      '--config: hioload.json must hold a JSON object, such as { "port": 9001 }',
    ],
    [
      'a file that is not there',
      { flags: { '--config': '/nowhere/x.json' } },
      '--config must be the path of a JSON file; got "/nowhere/x.json", ' +
        'which cannot be read (ENOENT)',
    ],
    [
      'a folder',
      { environment: { HIOLOAD_CONFIG: '/' } },
      'HIOLOAD_CONFIG must be the path of a JSON file; got "/", which cannot be read (EISDIR)',
    ],
  ])('%s', (_, given, line) => {
    expect(complaint(given)).toBe(line);
  });

  it.each([
    '12abc',
    '',
    '1e3',
    '0x10',
    ' 5',
    '5 ',
    '+5',
    '05',
    '1.0',
    '1_000',
    '1,000',
    'Infinity',
    '٣',
    '99999999999999999999',
  ])('takes no number written as %j', (text) => {
    const line = complaint({ flags: { '--max-connections': text } });
    const limit = LIMIT_TABLE.maxConnections;
    expect(line).toContain(
      `--max-connections must be a whole number from ${limit.min} to ${limit.max} `,
    );
    expect(line.endsWith(`; got ${JSON.stringify(text)}`)).toBe(true);
    expect(line).not.toContain('\n');
  });

  it.each([1.5, '5', true, [5], { value: 5 }, 1e21])(
    'does not accept %j in a file as a number',
    (value) => {
      expect(complaint({ file: { reactors: value } })).toBe(
        'reactors (in hioload.json) must be a whole number from 1 to 1024; got ' +
          JSON.stringify(value),
      );
    },
  );

  it('names in one line the place where a file is not JSON', () => {
    const line = complaint({ file: '{\n  "port": 1\n  "host": 2\n}' });
    expect(line).toMatch(/^--config: hioload\.json is not valid JSON at line 3, column 3: /);
    expect(line).not.toContain('\n');
    expect(complaint({ file: '{ "port": ' })).toMatch(
      /^--config: hioload\.json is not valid JSON at line 1, column 11: /,
    );
  });

  it('says that the module is missing', () => {
    expect(() => resolveOptions({ flags: new Map(), environment: {} })).toThrow(
      'MODULE is missing: give the path of the application module (hioload serve MODULE)',
    );
  });
});
