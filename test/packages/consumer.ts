// Test support: a project that installs our packages.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runProgram } from './commands.js';
import type { PackedPackage } from './packed-packages.js';

/** Strict, and with the declarations of our packages and of what they depend on checked too. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  },
};

/** An empty project of somebody who uses our packages, with a home and an npm cache of its own. */
export class Consumer {
  readonly folder: string;
  readonly #home: string;

  constructor(base: string) {
    this.folder = join(base, 'project');
    this.#home = join(base, 'home');
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(this.#home);
    this.write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
    this.write('tsconfig.json', JSON.stringify(TSCONFIG));
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
  }

  /** Installs packages, by name or as `name@version`, with npm. */
  async install(registry: string, packages: readonly string[]): Promise<void> {
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
    const args = ['install', '--save-exact', ...quiet, `--registry=${registry}`, ...packages];
    await runProgram('npm', args, { cwd: this.folder, env: this.#environment });
  }

  /** Checks the types of what was written. Rejects with the errors. */
  async checkTypes(): Promise<void> {
    await runProgram(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', '.', '--pretty', 'false'], {
      cwd: this.folder,
      env: this.#environment,
    });
  }

  /** Runs a script with plain node. Resolves with what it printed, as JSON. */
  async evaluate(script: string): Promise<unknown> {
    const args = ['--input-type=module', '--eval', script];
    return JSON.parse(
      await runProgram(process.execPath, args, { cwd: this.folder, env: this.#environment }),
    );
  }

  /** Runs an installed command. Resolves with what it printed. */
  runBin(name: string, ...args: readonly string[]): Promise<string> {
    return runProgram(this.bin(name), args, { cwd: this.folder, env: this.#environment });
  }

  /** Path of an installed command. */
  bin(name: string): string {
    return join(this.folder, 'node_modules', '.bin', name);
  }

  /** Nothing of the test's own run: neither its settings of npm nor its options of node. */
  get #environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.#home,
      USERPROFILE: this.#home,
      npm_config_cache: join(this.#home, 'npm'),
    };
  }
}

/** Names by which a package is imported. */
export function doorsOf({ manifest }: PackedPackage): readonly string[] {
  return Object.keys(manifest.exports ?? {}).map((door) => manifest.name + door.slice(1));
}

/**
 * The examples in the README of a package, without those that are tests: they need a test runner,
 * which is not installed.
 */
export function examplesOf({ folder }: PackedPackage): readonly string[] {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, example = '']) => example);
  return examples.filter((example) => !example.includes("from 'vitest'"));
}
