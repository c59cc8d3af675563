// Tests of the generated page of errors.
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkErrorsPage, writeErrorsPage } from '../docs/errors-page.mjs';
import { renderErrors } from '../docs/render-errors.mjs';
import { plant } from './tree.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');

describe('the page of errors', () => {
  it('has a row for each error and each close code', () => {
    const page = renderErrors(
      {
        HIOLOAD_A: { meaning: 'A is | wrong.', remedy: 'Right it.' },
        HIOLOAD_B: { meaning: 'B is wrong.', remedy: 'Right it, too.', closeCode: 1011 },
      },
      [{ code: 1011, meaning: 'a fault of its own', mayBeSent: true, reconnect: true }],
    );

    expect(page).toContain('| `HIOLOAD_A` | A is \\| wrong. | Right it. | - | - |\n');
    expect(page).toContain('| `HIOLOAD_B` | B is wrong. | Right it, too. | 1011 | yes |\n');
    expect(page).toContain('| 1011 | a fault of its own | yes | yes |\n');
  });

  it('refuses an error whose close code nobody has defined', () => {
    expect(() =>
      renderErrors({ HIOLOAD_A: { meaning: 'A.', remedy: 'B.', closeCode: 1234 } }, []),
    ).toThrow(/1234/);
  });

  it('is written by a command of the repository', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: { docs: string };
    };
    const script = / node (\S+)$/.exec(scripts.docs)?.[1] ?? '';
    expect(readFileSync(join(ROOT, script), 'utf8')).toContain('writeErrorsPage(ROOT)');
  });

  it('is out of date when it is missing or edited, and up to date once written', async () => {
    const root = plant({ 'docs/empty': '', 'package.json': '{ "type": "module" }' });
    mkdirSync(join(root, 'packages', 'api', 'src'), { recursive: true });
    for (const file of ['errors.ts', 'close-codes.ts']) {
      copyFileSync(
        join(ROOT, 'packages', 'api', 'src', file),
        join(root, 'packages', 'api', 'src', file),
      );
    }
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir');

    const { ok, report } = await checkErrorsPage(root);
    expect(ok).toBe(false);
    expect(report).toContain('run `npm run docs`');
    await writeErrorsPage(root);
    expect((await checkErrorsPage(root)).ok).toBe(true);
    writeFileSync(join(root, 'docs', 'errors.md'), '# Errors, by hand\n');
    expect((await checkErrorsPage(root)).ok).toBe(false);
  });
});
