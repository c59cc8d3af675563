// The paths that the setup scripts use.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Programs of the installed packages. */
export const BIN = join(ROOT, 'node_modules', '.bin');

/**
 * State that is not part of the repository and may be deleted: locks, and the caches if HOME has
 * none.
 */
export const STATE = join(ROOT, '.hioload');
