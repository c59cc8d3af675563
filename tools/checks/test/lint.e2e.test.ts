// Tests that the linter finds the faults that it is configured for.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// The word is built here, because the checks read this file too.
const only = 'only';
const todo = 'TODO';

/** Rules that the configuration must keep, each with a file that breaks it. */
const BROKEN = [
  ['no-console', 'packages/a/src/console.ts', "console.log('here');\n"],
  ['no-default-export', 'packages/a/src/default.ts', 'export default 1;\n'],
  ['no-explicit-any', 'packages/a/src/any.ts', 'export const a: any = 1;\n'],
  [
    'no-floating-promises',
    'packages/a/src/floating.ts',
    'export const f = async (): Promise<void> => {};\nf();\n',
  ],
  [
    'no-misused-promises',
    'apps/a/src/misused.ts',
    'export const f = (): void => [1].forEach(async () => {});\n',
  ],
  ['await-thenable', 'tools/a/src/thenable.ts', 'await 1;\nexport {};\n'],
  [
    'no-focused-tests',
    'test/focused.test.ts',
    `import { it } from 'vitest';\nit.${only}('serves', () => {});\n`,
  ],
  ['no-warning-comments', 'packages/a/src/later.ts', `// ${todo}: later\nexport {};\n`],
  [
    'no-cycle',
    'packages/a/src/cycle.ts',
    "import { b } from './cycle-b.js';\nexport const a = (): number => b();\n",
  ],
] as const;

describe('the lint configuration', () => {
  let root = '';
  let found = '';

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'hioload-lint-'));
    for (const file of ['.oxlintrc.json', 'tsconfig.base.json', 'tsconfig.json'])
      cpSync(join(ROOT, file), join(root, file));
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir');
    const files = [
      ...BROKEN,
      [
        '',
        'packages/a/src/cycle-b.ts',
        "import { a } from './cycle.js';\nexport const b = (): number => a();\n",
      ],
      ['', 'packages/a/src/clean.ts', 'export const one = 1;\n'],
    ] as const;
    for (const [, path, content] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    found = await lint(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(BROKEN)('finds %s', (rule, path) => {
    const lines = found
      .split('\n')
      .filter((line) => line.includes(path) && line.includes(`(${rule})`));
    expect(lines.length, found).toBeGreaterThan(0);
  });

  it('says nothing about a clean file', () => {
    expect(found).not.toContain('clean.ts');
  });
});

function lint(root: string): Promise<string> {
  const oxlint = join(ROOT, 'node_modules', '.bin', 'oxlint');
  return new Promise((resolve, reject) => {
    execFile(
      oxlint,
      ['--format', 'unix', 'packages', 'apps', 'tools', 'test'],
      { cwd: root },
      (error, stdout) => {
        if (error === null) reject(new Error('oxlint found nothing'));
        else resolve(stdout);
      },
    );
  });
}
