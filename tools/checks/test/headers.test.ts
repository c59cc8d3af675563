// Tests of the check that each source file says in its first line what it is for.
import { describe, expect, it } from 'vitest';
import { checkHeaders, opensWithSentence } from '../headers.mjs';
import { plant } from './tree.js';

const EMPTY = { 'apps/a.ts': '// The only app here.\n', 'tools/package.json': '{}' };

describe('the check of opening sentences', () => {
  it.each([
    '// Reads the records of one ring.\nconst a = 1;\n',
    '// Reads the records of one ring,\n// and counts those it loses.\n',
    '/* Reads the records of one ring. */\nexport {};\n',
    '/**\n * Reads the records of one ring.\n */\nexport class Reader {}\n',
    '#!/usr/bin/env node\n// Starts the server at once.\n',
  ])('lets pass %j', (source) => {
    expect(opensWithSentence(source)).toBe(true);
  });

  it.each([
    '',
    'const a = 1;\n',
    "import { a } from './a.js';\n\n// Reads the records of one ring.\n",
    '// ring.ts\nexport {};\n',
    '// oxlint-disable-next-line no-var, no-console, no-shadow.\nexport {};\n',
    '/** @typedef {{ passed: number, failed: number }} Counts of one run. */\n',
    '#!/usr/bin/env node\nexport {};\n',
  ])('finds %j', (source) => {
    expect(opensWithSentence(source)).toBe(false);
  });

  it('names each file without a sentence, and fails', async () => {
    const root = plant({ ...EMPTY, 'packages/pool/src/a.ts': '', 'test/a.ts': '' });
    expect(await checkHeaders(root)).toEqual({
      ok: false,
      report: 'packages/pool/src/a.ts:1: no opening sentence\ntest/a.ts:1: no opening sentence',
    });
  });

  it('says nothing when every file has a sentence', async () => {
    const root = plant({
      ...EMPTY,
      'packages/a.ts': '// One more file here.\n',
      'test/b.json': '',
    });
    expect(await checkHeaders(root)).toEqual({ ok: true, report: '' });
  });
});
