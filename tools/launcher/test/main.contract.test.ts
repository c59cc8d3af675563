// Tests of the command line of `hioload`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { main } from '../src/main.js';
import { quoteIfOdd } from '../src/options/sources.js';

const HERE = fileURLToPath(import.meta.url);

/** Writes a configuration file that asks for a log of JSON lines. */
function jsonConfig(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hioload-main-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'hioload.json');
  writeFileSync(path, '{ "logFormat": "json" }');
  return path;
}

let errors: string[];
let output: string[];
beforeEach(() => {
  errors = [];
  output = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => void errors.push(line));
  vi.spyOn(console, 'log').mockImplementation((line: string) => void output.push(line));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.push(String(text));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors.push(String(text));
    return true;
  });
  vi.unstubAllEnvs();
});
afterEach(() => void vi.restoreAllMocks());

describe('bad input', () => {
  it.each<[string, string[], string]>([
    [
      'an unknown option',
      ['serve', HERE, '--prot', '1'],
      "unknown option '--prot' (Did you mean --port?)",
    ],
    [
      'an option without its value',
      ['serve', HERE, '--port'],
      "option '--port <number>' argument missing",
    ],
    [
      'a second module',
      ['serve', 'a.ts', 'b.ts'],
      'unexpected argument "b.ts": MODULE is already a.ts',
    ],
    [
      'an argument for a command without arguments',
      ['doctor', 'a\nb'],
      'unexpected argument "a\\nb": doctor takes no arguments',
    ],
    [
      'a module whose name breaks the line',
      ['serve', 'a\nb.ts'],
      'MODULE must be a file that exists; got "a\\nb.ts" ' +
        `(looked for ${quoteIfOdd(`${process.cwd()}/a\nb.ts`)})`,
    ],
    [
      'a folder',
      ['serve', '.'],
      'MODULE must be a file, such as ./app.ts; got ".", which is a folder ' +
        `(${quoteIfOdd(process.cwd())})`,
    ],
    [
      'an unreadable path',
      ['serve', 'a'.repeat(300)],
      `MODULE must be a file that exists; got "${'a'.repeat(300)}" ` +
        `(looked for ${quoteIfOdd(`${process.cwd()}/${'a'.repeat(300)}`)}: ENAMETOOLONG)`,
    ],
    ['an unknown command', ['srve'], "unknown command 'srve' (Did you mean serve?)"],
    [
      'a value out of range',
      ['serve', HERE, '--port', '70000'],
      '--port must be a whole number from 0 to 65535; got 70000',
    ],
    [
      'an empty value',
      ['serve', HERE, '--port='],
      '--port must be a whole number from 0 to 65535; got ""',
    ],
    [
      'no module',
      ['serve'],
      'MODULE is missing: give the path of the application module (hioload serve MODULE)',
    ],
    [
      'a group',
      ['topology', '--group', 'socket'],
      '--group must be core, llc or numa; got "socket"',
    ],
  ])('%s: one line and exit code 2', async (_, argv, line) => {
    expect(await main(argv)).toBe(2);
    expect(errors).toEqual([line]);
    expect(output).toEqual([]);
  });

  it('names the source of a module that was not on the command line', async () => {
    vi.stubEnv('npm_lifecycle_event', 'start');
    expect(await main(['serve', 'a.ts', 'b.ts'])).toBe(2);
    expect(errors).toEqual([
      'unexpected argument "b.ts": MODULE is already a.ts (set by npm start)',
    ]);
  });

  it.each<[string, () => string[], NodeJS.ProcessEnv]>([
    ['by a flag', () => ['--log-format', 'json'], { HIOLOAD_LOG_FORMAT: 'pretty' }],
    ['by a flag with a sign', () => ['--log-format', 'pretty', '--log-format=json'], {}],
    ['by a variable', () => [], { HIOLOAD_LOG_FORMAT: 'json' }],
    ['by a file', () => ['--config', jsonConfig()], {}],
  ])('is a JSON line where the log has JSON lines %s', async (_, flags, environment) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    expect(await main(['serve', HERE, '--port', 'a\u202Eb', ...flags()])).toBe(2);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('\\u202e');
    expect(JSON.parse(errors[0] ?? '')).toMatchObject({
      level: 'error',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      pid: process.pid,
      msg: '--port must be a whole number from 0 to 65535; got "a\u202Eb"',
    });
  });

  it('shows the help on the error stream if no command is given', async () => {
    expect(await main([])).toBe(2);
    expect(errors.join('')).toContain('Usage: hioload');
    expect(output).toEqual([]);
  });
});

describe('help and version', () => {
  it('prints the version', async () => {
    expect(await main(['--version'])).toBe(0);
    expect(output.join('')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([['help'], ['--help'], ['help', 'serve']])(
    'shows the help on request: %s %s',
    async (...argv) => {
      expect(await main(argv)).toBe(0);
      expect(output.join('')).toContain('Usage: hioload');
      expect(errors).toEqual([]);
    },
  );

  it('lists every option with its range, default, variable and key', async () => {
    expect(await main(['serve', '--help'])).toBe(0);
    const help = output.join('').replaceAll(/\s+/g, ' ');
    expect(help).toContain('--port <number>');
    expect(help).toContain('a whole number from 0 to 65535; default: 9001 [PORT, port]');
    expect(help).toContain(
      'or 0 to turn it off; default: 120 [HIOLOAD_IDLE_TIMEOUT_SECONDS, limits.idleTimeoutSeconds]',
    );
    expect(help).toContain('--no-admin');
    expect(help).not.toContain('--admin ');
    expect(help).toContain('do not serve health and metrics over HTTP [HIOLOAD_ADMIN, admin]');
    expect(help).toContain('Exit codes:');
  });
});

describe('topology', () => {
  it('prints the machine and the plan', async () => {
    expect(await main(['topology'])).toBe(0);
    expect(output.join('')).toMatch(
      /^CPU +CORE +LLC[^]*\n\nPlan with one reactor for each core:\n {2}reactor 0 -> CPU \d/,
    );
  });

  it('prints both as JSON', async () => {
    expect(await main(['topology', '--json', '--group', 'numa'])).toBe(0);
    const report = JSON.parse(output.join('')) as {
      cpuCount: number;
      group: string;
      places: { cpus: number[] }[];
    };
    expect(report.cpuCount).toBeGreaterThan(0);
    expect(report.group).toBe('numa');
    expect(report.places[0]?.cpus.length).toBeGreaterThan(0);
  });
});

describe('doctor', () => {
  it('prints a line for each check, or JSON', async () => {
    const exitCode = await main(['doctor']);
    expect(output.join('')).toMatch(/^ok +node +\d+\.\d+\.\d+\. This version is new enough\.$/m);
    output = [];
    expect(await main(['doctor', '--json'])).toBe(exitCode);
    const diagnoses = JSON.parse(output.join('')) as { verdict: string }[];
    expect(exitCode).toBe(diagnoses.some(({ verdict }) => verdict === 'fail') ? 1 : 0);
  });
});
