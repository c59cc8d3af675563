// The paths that the setup scripts use.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Programs of the installed packages. */
export const BIN = join(ROOT, 'node_modules', '.bin');

/**
 * State of the machine that is no part of the repository and may be deleted: locks, and caches
 * where HOME has none.
 */
export const STATE = join(ROOT, '.hioload');
