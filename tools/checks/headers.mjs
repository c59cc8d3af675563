// The part of `npm run check` that asks each source file to say in its first line what it is for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './files.mjs';

/**
 * Whether a file without an opening sentence fails the check. If not, such files are only counted.
 */
const FAILS = false;
/** Fewest words of a sentence; a shorter text is a label. */
const FEWEST_WORDS = 4;
const COMMENT = /^(?:#!.*\n)?\s*(?:\/\*([^]*?)\*\/|((?:\/\/.*(?:\n|$))+))/;

/**
 * Finds source files that do not open with a sentence on what they are for.
 * @param {string} root
 * @param {boolean} fails whether such a file fails the check, or is only counted
 * @returns {Promise<import('./command.mjs').Outcome>}
 */
export async function checkHeaders(root, fails = FAILS) {
  const found = sourceFiles(root).filter(
    (file) => !opensWithSentence(readFileSync(join(root, file), 'utf8')),
  );
  if (found.length === 0) return { ok: true, report: '' };
  if (!fails) return { ok: true, report: `no opening sentence: ${countByRoom(found)}` };
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

/** @param {readonly string[]} files */
function countByRoom(files) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const file of files) {
    const room = file.split('/').slice(0, 2).join('/');
    counts.set(room, (counts.get(room) ?? 0) + 1);
  }
  const rooms = [...counts].map(([room, count]) => `${room} ${count}`).join(', ');
  return `${files.length} files (${rooms})`;
}
