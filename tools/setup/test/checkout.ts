// Test support: a checkout whose `npx` records its calls and installs nothing.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const SETUP = join(import.meta.dirname, '..');

/** The script in place of npx. It records each call, and then does what the test wants. */
const NPX = `#!${process.execPath}
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const call = { args: process.argv.slice(2), cwd: process.cwd(), env: process.env };
appendFileSync(process.env.CALLS, JSON.stringify(call) + '\\n');
process.stdout.write(process.env.NPX_SAYS ?? '');
const end = () => {
  if (process.env.NPX_EXIT !== undefined) process.exit(Number(process.env.NPX_EXIT));
  const root = process.argv[process.argv.indexOf('--dir') + 1];
  mkdirSync(root + '/node_modules', { recursive: true });
  writeFileSync(root + '/node_modules/package', '');
};
if (process.env.NPX_WAITS === undefined) end();
else setTimeout(end, Number(process.env.NPX_WAITS));
`;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A checkout, in a path with spaces, that has the setup scripts and a lockfile, and an `npx` that
 * installs nothing.
 */
export class Checkout {
  readonly root: string;
  readonly #bin: string;
  readonly #calls: string;

  constructor() {
    const base = mkdtempSync(join(tmpdir(), 'hioload setup '));
    onTestFinished(() => rmSync(base, { recursive: true, force: true }));
    this.root = join(base, 'check out');
    this.#bin = join(base, 'bin');
    this.#calls = join(base, 'calls');
    mkdirSync(this.root);
    mkdirSync(this.#bin);
    cpSync(SETUP, join(this.root, 'tools', 'setup'), {
      recursive: true,
      filter: (path) => !path.endsWith('test'),
    });
    this.write('package.json', '{ "packageManager": "pnpm@1.2.3" }');
    this.write('pnpm-lock.yaml', 'lockfileVersion: 1\n');
    writeFileSync(join(this.#bin, 'npx'), NPX);
    chmodSync(join(this.#bin, 'npx'), 0o755);
  }

  write(path: string, content: string): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Each file and folder of the checkout, with the time of its last change. */
  modified(): readonly (readonly [path: string, timeMs: number])[] {
    return readdirSync(this.root, { recursive: true, encoding: 'utf8' })
      .concat('.')
      .map((path) => [path, statSync(join(this.root, path)).mtimeMs] as const);
  }

  /** Puts a program among the installed ones. */
  installProgram(name: string, source: string): void {
    const bin = join(this.root, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, name), `#!${process.execPath}\n${source}`);
    chmodSync(join(bin, name), 0o755);
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Each call of npx so far. */
  get calls(): readonly {
    args: readonly string[];
    cwd: string;
    env: Readonly<Record<string, string>>;
  }[] {
    if (!existsSync(this.#calls)) return [];
    return readFileSync(this.#calls, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** Starts a setup script. */
  spawn(
    script: string,
    env: NodeJS.ProcessEnv = {},
  ): ChildProcessByStdio<null, Readable, Readable> {
    return spawn(process.execPath, [join(this.root, 'tools', 'setup', script)], {
      // The scripts must find their checkout from any folder.
      cwd: tmpdir(),
      env: { HOME: this.root, PATH: this.#bin, CALLS: this.#calls, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs a setup script to its end. */
  async run(script: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const child = this.spawn(script, env);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code, stdout, stderr };
  }
}
