// Copies what is installed here into the file system of the emulated machine: packages as they are
// built, each once, with all that they depend on.
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Only loaded for TypeScript, and where `/sys` is not there. */
const NOT_NEEDED = new Set(['tsx', 'systeminformation', 'bufferutil']);
/** Of native modules, the binary that this Node loads. */
const OUR_BINARY = `${process.platform}_${process.arch}_${process.versions.modules}.node`;
const NOT_COPIED = /(^|\/)(node_modules|src|test|docs|\.bin)(\/|$)|\.(map|md|ts|mts|cts)$/;

/**
 * @param {string} name as it is imported
 * @param {string} from folder of the package that depends on it
 * @param {string} modules the flat folder of all packages
 */
export function copyPackage(name, from, modules) {
  const target = join(modules, name);
  if (NOT_NEEDED.has(name) || existsSync(target)) return;
  const source = findPackage(name, from);
  mkdirSync(target, { recursive: true });
  cpSync(source, target, {
    recursive: true,
    filter: (file) => isNeeded(file.slice(source.length)),
  });
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(source, 'package.json'), 'utf8'),
  );
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
    copyPackage(dependency, source, modules);
  }
}

/** @param {string} path within the package */
function isNeeded(path) {
  return path.endsWith('.node') ? path.endsWith(OUR_BINARY) : !NOT_COPIED.test(path);
}

/** As Node looks for it. @param {string} name @param {string} from @returns {string} */
function findPackage(name, from) {
  const folder = join(from, 'node_modules', name);
  if (existsSync(folder)) return realpathSync(folder);
  const above = dirname(from);
  if (above === from) throw new Error(`${name} is not installed`);
  return findPackage(name, above);
}
