// The part of `npm run check` that finds test files outside of the tiers, or in two of them.
import { TIERS } from './tiers.mjs';
import { sourceFiles } from '../files.mjs';

/**
 * Finds test files that no tier runs, or more than one.
 * @param {string} root
 * @param {readonly import('./tiers.mjs').Tier[]} [tiers]
 * @returns {Promise<import('../command.mjs').Outcome>}
 */
export async function checkTiers(root, tiers = TIERS) {
  const matchers = tiers.map(({ name, include, exclude }) => ({
    name,
    includes: include.map(toPattern),
    excludes: exclude.map(toPattern),
  }));
  const report = sourceFiles(root)
    .filter((file) => /\.test\.\w+$/.test(file))
    .flatMap((file) => {
      const names = matchers
        .filter(({ includes }) => includes.some((pattern) => pattern.test(file)))
        .filter(({ excludes }) => !excludes.some((pattern) => pattern.test(file)))
        .map(({ name }) => name);
      if (names.length === 1) return [];
      return [`${file} must be in one tier; it is in ${names.join(', ') || 'none'}`];
    })
    .join('\n');
  return { ok: report === '', report };
}

/**
 * Turns a glob into a pattern: braces, `**` and `*` are all that the tiers use.
 * @param {string} glob
 */
function toPattern(glob) {
  const source = glob.replace(/\*\*\/|\*\*|\*|\{[^}]*\}|\./g, (part) => {
    if (part === '**/') return '(?:.+/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '.') return '\\.';
    return `(?:${part.slice(1, -1).replaceAll(',', '|')})`;
  });
  return new RegExp(`^${source}$`);
}
