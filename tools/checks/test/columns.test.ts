// Tests of the check that no line of source is too long.
import { describe, expect, it } from 'vitest';
import { checkColumns, longLines, MOST_COLUMNS } from '../columns.mjs';
import { plant } from './tree.js';

const FULL = 'x'.repeat(MOST_COLUMNS);

describe('the check of line lengths', () => {
  it.each([
    `${FULL}x`,
    `// ${FULL}`,
    `const text = '${FULL}';`,
    `// see https://a.b/${FULL} there`,
  ])('finds %s', (line) => {
    expect(longLines(`const a = 1;\n${line}\n`)).toEqual([
      `2: a line must have at most 100 columns; got ${line.length}`,
    ]);
  });

  it.each([FULL, '😀'.repeat(MOST_COLUMNS), ` * https://a.b/${FULL}`])('lets pass %s', (line) => {
    expect(longLines(line)).toEqual([]);
  });

  it('names the file and the line', async () => {
    const root = plant({
      'packages/pool/src/ring.ts': `\n${FULL}x`,
      'apps/a.ts': '',
      'tools/a.ts': '',
      'test/a.ts': '',
    });

    const outcome = await checkColumns(root);

    expect(outcome.ok).toBe(false);
    expect(outcome.report).toMatch(
      /^packages\/pool\/src\/ring\.ts:2: a line must have at most 100 columns; got 101$/,
    );
  });
});
