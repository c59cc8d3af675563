import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'packages/pool/README.md'), 'utf8');

describe('the README of pool', () => {
  let file: string;
  beforeAll(async () => {
    // Inside the repository, where it finds the package as a user's program does.
    file = join(await mkdtemp(join(import.meta.dirname, 'pool-')), 'example.ts');
    await writeFile(file, /^```ts\n(.*?)^```/ms.exec(readme)![1]!);
  });
  afterAll(() => rm(dirname(file), { recursive: true }));

  it('has an example that does what it says', async () => {
    const logged: number[][] = [];
    // Copied at once: the records of a lane are poisoned afterwards, as tests run in debug mode.
    const log = vi.spyOn(console, 'log').mockImplementation((bytes: Uint8Array) => void logged.push([...bytes]));
    await import(pathToFileURL(file).href);
    log.mockRestore();
    expect(logged).toEqual([[1, 2, 3, 4]]);
  });

  it('names what the package exports', async () => {
    const exported = Object.keys(await import('@hioload/pool'));
    const named = [...readme.matchAll(/^\| (`.+?) +\|/gm)].flatMap(([, cell]) => cell!.match(/\w+/g) ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !exported.includes(name))).toEqual([]);
  });
});
