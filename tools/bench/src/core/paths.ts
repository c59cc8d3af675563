// The paths of the bench package, for its source and for its build.
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package. It is the same from `src` and from `dist`. */
export const BENCH_ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const REPOSITORY_ROOT = join(BENCH_ROOT, '../..');

/**
 * The first file of a child process. It is source if this process runs from source, else built
 * code.
 * @param path below `src`, without its extension, such as `load/load-process`
 */
export function entryFile(path: string): string {
  const here = fileURLToPath(import.meta.url);
  return join(here, '../..', path + extname(here));
}
