// The part of `npm run check` that lists long files.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './files.mjs';

const LONG = 300;

/**
 * Lists long files. A long file is a question to its author and not a fault, so this part never
 * fails.
 * @param {string} root
 * @returns {Promise<import('./command.mjs').Outcome>}
 */
export async function reportSizes(root) {
  const long = sourceFiles(root)
    .map((file) => ({
      file,
      lines: readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length,
    }))
    .filter(({ lines }) => lines > LONG)
    .sort((a, b) => b.lines - a.lines);
  return { ok: true, report: long.map(({ file, lines }) => `${file}: ${lines} lines`).join('\n') };
}
