// Lists the source files of the repository.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.turbo']);

/**
 * Lists the source files that people write, including tests.
 * @param {string} root
 * @returns {string[]} paths relative to the root, sorted
 */
export function sourceFiles(root) {
  /** @type {string[]} */
  const found = [];
  /** @param {string} folder */
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !NOT_OURS.has(entry.name)) visit(path);
      else if (entry.isFile() && /\.(ts|mts|js|mjs)$/.test(entry.name))
        found.push(relative(root, path));
    }
  };
  for (const folder of ['packages', 'apps', 'tools', 'test']) visit(join(root, folder));
  return found.sort();
}
