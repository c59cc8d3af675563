/** Checks the folder in which tsx keeps translated TypeScript. */
import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The permissions of a folder that let others write into it. */
const OTHERS_WRITE = 0o022;

/** The variable that makes tsx keep nothing on the disk. */
const WITHOUT_CACHE = 'TSX_DISABLE_CACHE';

/**
 * Whether tsx can keep translated modules in its folder below `temporary`. Where tsx cannot, it
 * fails instead of doing without the folder, so the caller has to turn the folder off. A folder of
 * another user, or one that others can write into, is not used: it could hold code of a stranger.
 */
export function hasTranslationCache(temporary: string = tmpdir()): boolean {
  const user = process.geteuid?.();
  // Windows gives each user a temporary folder.
  if (user === undefined) return true;
  const folder = join(temporary, `tsx-${user}`);
  try {
    makeFolder(folder);
    const { uid, mode } = lstatSync(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return uid === user && (mode & OTHERS_WRITE) === 0;
  } catch {
    return false;
  }
}

/** Makes tsx go without its folder where the folder cannot be used. Call it before tsx loads. */
export function goWithoutUnusableCache(): void {
  if (process.env[WITHOUT_CACHE] === undefined && !hasTranslationCache())
    process.env[WITHOUT_CACHE] = '1';
}

/** Makes the folder alone: a recursive call does not return for a path below `/proc`. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
