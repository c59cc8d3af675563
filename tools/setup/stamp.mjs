// A stamp that says for which lockfile, Node and machine the packages are installed.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './error-code.mjs';
import { ROOT } from './paths.mjs';

/** The stamp lies in node_modules, so that it is deleted together with the packages. */
const STAMP = join(ROOT, 'node_modules', '.hioload-installed.json');

/**
 * Everything that an install depends on. Native modules are chosen by ABI and platform, so these
 * count too.
 */
function expected() {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(ROOT, 'pnpm-lock.yaml')))
    .digest('hex');
  const { node, modules } = process.versions;
  return JSON.stringify({
    lockfile,
    nodeMajor: Number(node.split('.')[0]),
    abi: modules,
    platform: process.platform,
    arch: process.arch,
  });
}

/** Whether node_modules holds the packages of the lockfile, for this Node and this machine. */
export function isInstalled() {
  try {
    return readFileSync(STAMP, 'utf8') === expected();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Taken away before an install starts: one that is cut short must not pass for complete. */
export function dropStamp() {
  rmSync(STAMP, { force: true });
}

/** Written last, when all is in place. */
export function writeStamp() {
  writeFileSync(STAMP, expected());
}
