// The part of `npm run check` that finds lines of source which are too long to read.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './files.mjs';

/** The width that prettier formats to. Prettier leaves strings and comments as they are. */
export const MOST_COLUMNS = 100;
const ONE_URL = /^\W*https?:\/\/\S+$/;

/**
 * Finds lines of more than 100 columns, in code, comments and strings.
 * @param {string} root
 * @returns {Promise<import('./command.mjs').Outcome>}
 */
export async function checkColumns(root) {
  const found = sourceFiles(root).flatMap((file) =>
    longLines(readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`),
  );
  return { ok: found.length === 0, report: found.join('\n') };
}

/**
 * A line that holds nothing but one URL may be longer, because it cannot be broken.
 * @param {string} source
 * @returns {string[]} line number, a colon and what is wrong
 */
export function longLines(source) {
  return source.split('\n').flatMap((line, index) => {
    const columns = Array.from(line).length;
    if (columns <= MOST_COLUMNS || ONE_URL.test(line)) return [];
    return [`${index + 1}: a line must have at most ${MOST_COLUMNS} columns; got ${columns}`];
  });
}
