// The part of `npm run check` that finds tests left out without a reason.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './files.mjs';

/** Ways to leave out a test for good. */
const LEAVES_OUT = /\b(skip|todo|fails)\(|\b(skip|todo|fails): true/;
/** Ways to leave out a test where something is missing, which the closing table is to name. */
const LEAVES_OUT_SOMETIMES = /\.(skipIf|runIf)\(/;
const NAMES_IT = /@hioload\/test-support\/left-out/;
const LEAVES_OUT_THE_REST = /\.only\(|\bonly: true/;
const SAYS_WHY = /\bskip\([^'"`]*['"`]\S/;
/** `it.skip('name'` names the test, not the reason. */
const SKIP_OF_A_NAME = /\b(it|test|describe|suite)(\.\w+)*\.skip\(/;

/**
 * Finds tests that are left out without a reason. A reason is a text in `context.skip('...')`, or a
 * comment on the line above or at the end of the line. A file that leaves out tests by a condition
 * imports `@hioload/test-support/left-out`, or says in such a comment why the table need not name
 * them.
 * @param {string} root
 * @returns {Promise<import('./command.mjs').Outcome>}
 */
export async function checkSkips(root) {
  const found = sourceFiles(root)
    .filter((file) => /\.test\.m?ts$/.test(file))
    .flatMap((file) =>
      unexplainedSkips(readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`),
    );
  return { ok: found.length === 0, report: found.join('\n') };
}

/**
 * @param {string} source of a test file
 * @returns {string[]} line number, a colon and what is wrong
 */
export function unexplainedSkips(source) {
  const lines = source.split('\n');
  const namesIt = NAMES_IT.test(source);
  return lines.flatMap((line, index) => {
    if (/^\s*(\/\/|\*)/.test(line)) return [];
    if (LEAVES_OUT_THE_REST.test(line))
      return [`${index + 1}: leaves out all other tests: ${line.trim()}`];
    const leavesOut = LEAVES_OUT.test(line) || (LEAVES_OUT_SOMETIMES.test(line) && !namesIt);
    if (!leavesOut) return [];
    const explained =
      /\/\/ \S/.test(line) || /^\s*(\/\/ \S|\*\/|\/\*\* .*\*\/)/.test(lines[index - 1] ?? '');
    if (explained || (SAYS_WHY.test(line) && !SKIP_OF_A_NAME.test(line))) return [];
    return [`${index + 1}: says no reason: ${line.trim()}`];
  });
}
