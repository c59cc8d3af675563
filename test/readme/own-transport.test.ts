// Tests of the examples in the page on your own transports.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksOf, ROOT } from './examples.js';

const PAGE = 'docs/own-transport.md';
const PARTS = 'test/e2e/parts';
/** The files that `test/e2e/parts` serves with. */
const FILES = ['modules/unix-kind.ts', 'own/unix-listener.ts', 'own/ws-kind.ts'];

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('the page on transports of your own', () => {
  it('shows code of the parts that a test serves with, as it is', () => {
    const sources = FILES.map((file) => read(join(PARTS, file)));
    const blocks = blocksOf(PAGE, 'ts');
    expect(blocks).toHaveLength(7);
    for (const block of blocks) {
      expect(
        sources.filter((source) => source.includes(block)),
        block,
      ).toHaveLength(1);
    }
  });

  it('links to files that exist', () => {
    const targets = [...read(PAGE).matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!);
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((target) => !existsSync(join(ROOT, 'docs', target)))).toEqual([]);
  });
});
