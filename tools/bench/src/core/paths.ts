// The paths of the bench package, from source and from build.
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package, the same from `src` and from `dist`. */
export const BENCH_ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const REPOSITORY_ROOT = join(BENCH_ROOT, '../..');

/**
 * The file that a child process starts with, as source or as built, whichever this process runs
 * from.
 * @param path below `src`, without its extension, such as `load/load-process`
 */
export function entryFile(path: string): string {
  const here = fileURLToPath(import.meta.url);
  return join(here, '../..', path + extname(here));
}
