// Test support: runs the examples of the docs.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type RunningCommand } from '../e2e/launcher/start-launcher.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What stands between the fences of a language in a page. @param page its path from the root */
export function blocksOf(page: string, language: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    ([, block]) => block!,
  );
}

/**
 * Examples as files inside the repository, where they find the packages as a user's program does.
 */
export class ExampleFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<ExampleFolder> {
    return new ExampleFolder(await mkdtemp(join(import.meta.dirname, 'examples-')));
  }

  /** Writes a file. Resolves with its path. */
  async write(name: string, text: string): Promise<string> {
    const file = join(this.path, name);
    await writeFile(file, text);
    return file;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true });
  }
}

/** Starts an example in a process of its own, from the sources of the packages. */
export function start(file: string): RunningCommand {
  return run(process.execPath, ['--conditions=hioload-source', '--import', 'tsx', file], {
    cwd: ROOT,
  });
}
