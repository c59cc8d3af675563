// Tells whether the packages are built, without a write.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './error-code.mjs';
import { ROOT, STATE } from './paths.mjs';

/** What the last build read and wrote. */
const STAMP = join(STATE, 'built.json');

/** The compiler depends on these as well, besides the files of each package. */
const COMMON_INPUTS = ['tsconfig.base.json', 'turbo.json', 'pnpm-lock.yaml'];
const INPUTS = ['package.json', 'tsconfig.build.json'];

/**
 * Whether the last build read the present sources, and its outputs are all there. A checkout may
 * belong to another user or be read-only, so this writes nothing.
 */
export function isBuilt() {
  try {
    const stamp = JSON.parse(readFileSync(STAMP, 'utf8'));
    return stamp.outputs === outputs() && stamp.inputs === inputs();
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Written when a build has ended.
 * @param {string} readInputs the {@link inputs} from before the build: a source that changes during
 * the build must be built again
 */
export function writeBuilt(readInputs) {
  writeFileSync(STAMP, JSON.stringify({ inputs: readInputs, outputs: outputs() }));
}

/** A hash of the contents of everything that a build reads. */
export function inputs() {
  const hash = createHash('sha256').update(process.version);
  const common = COMMON_INPUTS.map((name) => join(ROOT, name)).filter((path) => existsSync(path));
  const own = builtPackages().flatMap((folder) => [
    ...INPUTS.map((name) => join(folder, name)),
    ...filesBelow(join(folder, 'src')),
  ]);
  for (const path of [...common, ...own]) {
    const content = readFileSync(path);
    hash.update(`${path.slice(ROOT.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** A hash of the names and sizes of all outputs. */
function outputs() {
  const hash = createHash('sha256');
  for (const path of builtPackages().flatMap((folder) => filesBelow(join(folder, 'dist'))))
    hash.update(`${path.slice(ROOT.length)}\0${statSync(path).size}\0`);
  return hash.digest('hex');
}

/** The folders of the packages that have a build. */
function builtPackages() {
  return ['packages', 'tools']
    .map((group) => join(ROOT, group))
    .filter((group) => existsSync(group))
    .flatMap((group) => readdirSync(group).map((name) => join(group, name)))
    .filter((folder) => existsSync(join(folder, 'tsconfig.build.json')))
    .sort();
}

/** The files below a folder, in order; none if there is no such folder. @param {string} folder */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
