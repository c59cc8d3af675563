// The part of `npm run check` that asks each source file to say in its first line what it is for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './files.mjs';

/** Fewest words of a sentence; a shorter text is a label. */
const FEWEST_WORDS = 4;
const COMMENT = /^(?:#!.*\n)?\s*(?:\/\*([^]*?)\*\/|((?:\/\/.*(?:\n|$))+))/;

/**
 * Finds source files that do not open with a sentence on what they are for. Each such file fails
 * the check.
 * @param {string} root
 * @returns {Promise<import('./command.mjs').Outcome>}
 */
export async function checkHeaders(root) {
  const found = sourceFiles(root).filter(
    (file) => !opensWithSentence(readFileSync(join(root, file), 'utf8')),
  );
  if (found.length === 0) return { ok: true, report: '' };
  return { ok: false, report: found.map((file) => `${file}:1: no opening sentence`).join('\n') };
}

/**
 * Whether the first thing in a file, after a shebang, is a comment with a sentence that ends in a
 * full stop. Directives to tools are no sentences.
 * @param {string} source
 */
export function opensWithSentence(source) {
  const comment = COMMENT.exec(source);
  if (comment === null) return false;
  const words = (comment[1] ?? comment[2] ?? '')
    .split('\n')
    .map((line) => line.replace(/^\s*(\/\/|\*)\s?/, '').trim())
    .filter((line) => !/^(@|oxlint-|prettier-|eslint-)/.test(line))
    .join(' ')
    .trim();
  return /\.(\s|$)/.test(words) && words.split(/\s+/).length >= FEWEST_WORDS;
}
