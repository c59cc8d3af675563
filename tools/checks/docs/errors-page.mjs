// The part of `npm run check` that compares the page of errors with its source.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { tsImport } from 'tsx/esm/api';
import { renderErrors } from './render-errors.mjs';

const PAGE = join('docs', 'errors.md');

/**
 * Fails if the page differs from the tables of the api package.
 * @param {string} root
 * @returns {Promise<import('../command.mjs').Outcome>}
 */
export async function checkErrorsPage(root) {
  const current = await readFile(join(root, PAGE), 'utf8').catch(() => '');
  if (current === (await makePage(root))) return { ok: true, report: '' };
  return { ok: false, report: `${PAGE} is out of date: run \`npm run docs\`` };
}

/** @param {string} root */
export async function writeErrorsPage(root) {
  await writeFile(join(root, PAGE), await makePage(root));
}

/** @param {string} root */
async function makePage(root) {
  const source = join(root, 'packages', 'api', 'src');
  const { ERROR_TABLE } = await tsImport(join(source, 'errors.ts'), import.meta.url);
  const { CLOSE_CODE_TABLE } = await tsImport(join(source, 'close-codes.ts'), import.meta.url);
  const path = join(root, PAGE);
  return format(renderErrors(ERROR_TABLE, CLOSE_CODE_TABLE), {
    ...(await resolveConfig(path)),
    filepath: path,
  });
}
