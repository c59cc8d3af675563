// Removes build outputs whose sources are gone.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

/**
 * Removes the outputs of removed sources. The compiler leaves them, so this checkout would still
 * import and pack them.
 */
export function pruneOutputs() {
  for (const group of ['packages', 'tools']) {
    for (const name of readdirSync(join(ROOT, group))) prunePackage(join(ROOT, group, name));
  }
}

/** @param {string} folder */
function prunePackage(folder) {
  const dist = join(folder, 'dist');
  if (!existsSync(dist)) return;
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const source = file.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (source !== file && !existsSync(join(folder, 'src', source))) rmSync(join(dist, file));
  }
}
