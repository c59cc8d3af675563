// Tests of the examples in the README of the pool.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocksOf, ExampleFolder, ROOT } from './examples.js';

const PAGE = 'packages/pool/README.md';
const readme = readFileSync(join(ROOT, PAGE), 'utf8');

describe('the README of pool', () => {
  let folder: ExampleFolder;
  beforeAll(async () => {
    folder = await ExampleFolder.make();
  });
  afterAll(() => folder.remove());

  it('has an example with the described result', async () => {
    const file = await folder.write('example.ts', blocksOf(PAGE, 'ts')[0]!);
    const logged: number[][] = [];
    // Copied at once: the records of a lane are poisoned afterwards, as tests run in debug mode.
    const log = vi
      .spyOn(console, 'log')
      .mockImplementation((bytes: Uint8Array) => void logged.push([...bytes]));
    await import(pathToFileURL(file).href);
    log.mockRestore();
    expect(logged).toEqual([[1, 2, 3, 4]]);
  });

  it('names everything that the package exports', async () => {
    const exported = [await import('@hioload/pool'), await import('@hioload/pool/rings')].flatMap(
      (door) => Object.keys(door),
    );
    const named = [...readme.matchAll(/^\| (`.+?) +\|/gm)].flatMap(
      ([, cell]) => cell!.replace('`@hioload/pool/rings`', '').match(/`\w+`/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !exported.includes(name.slice(1, -1)))).toEqual([]);
  });
});
