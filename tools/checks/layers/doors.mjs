// Finds the doors of the packages: the files that others may import.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The condition in `exports` under which a door is the source file. */
export const SOURCE_CONDITION = 'hioload-source';

/**
 * The doors of the workspace packages: files that their `exports` name, relative to the root.
 * @param {string} root
 * @returns {{ publicDoors: string[], internalDoors: string[], supportDoors: string[] }} internal
 * doors are those named `./internal`, for tests only; support doors are those of `test/support`
 */
export function findDoors(root) {
  /** @type {string[]} */
  const publicDoors = [];
  /** @type {string[]} */
  const internalDoors = [];
  for (const group of ['packages', 'tools']) {
    for (const folder of readdirSync(join(root, group))) {
      for (const [name, target] of Object.entries(
        readExports(join(root, group, folder, 'package.json')),
      )) {
        const source = target?.[SOURCE_CONDITION];
        if (typeof source !== 'string') continue;
        const doors = /(^|\/)internal$/.test(name) ? internalDoors : publicDoors;
        doors.push(`${group}/${folder}/${source.replace(/^\.\//, '')}`);
      }
    }
  }
  // The support of tests is never built, so its doors name source files only.
  const supportDoors = Object.values(
    readExports(join(root, 'test', 'support', 'package.json')),
  ).map((source) => `test/support/${String(source).replace(/^\.\//, '')}`);
  return { publicDoors, internalDoors, supportDoors };
}

/** @param {string} manifest */
function readExports(manifest) {
  if (!existsSync(manifest)) return {};
  return JSON.parse(readFileSync(manifest, 'utf8')).exports ?? {};
}
