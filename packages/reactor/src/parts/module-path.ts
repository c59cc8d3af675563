/** Reads an option that names a module by a path or a `file:` URL. */
import { HioloadError } from '@hioload/api';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A module, by its path or its `file:` URL. A relative path starts at the working directory of the
 * process. `new URL('./part.ts', import.meta.url)` starts at the folder of the file that calls it.
 */
// In a union with names such as 'uws', a plain `string` would hide the names from editors.
export type ModulePath = URL | (string & Record<never, never>);

const EXTENSION = /\.[cm]?[jt]s$/;

/** Whether a text looks like a path or a URL, and not like a name such as `uws`. */
export function looksLikePath(text: string): boolean {
  return text.includes('/') || text.includes('\\') || EXTENSION.test(text);
}

/**
 * The absolute path of a module.
 * @param option the name of the option in an error
 * @param allowed the allowed values, in words that follow "must be"
 * @throws HIOLOAD_OPTION_INVALID
 */
export function toModulePath(option: string, value: unknown, allowed: string): string {
  const text = value instanceof URL ? value.href : value;
  if (typeof text === 'function' || (typeof text === 'object' && text !== null)) {
    const given = typeof text === 'function' ? 'a function' : 'an object';
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `${option} must be ${allowed}; got ${given}. Every reactor runs on a thread of its own, ` +
        'and functions cannot cross threads: make the part the default export of a module, and ' +
        'name that module',
    );
  }
  if (typeof text !== 'string' || text === '' || text.includes('\0')) {
    const given = typeof text === 'string' ? JSON.stringify(text) : String(text);
    throw new HioloadError('HIOLOAD_OPTION_INVALID', `${option} must be ${allowed}; got ${given}`);
  }
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) return resolve(text);
  if (!/^file:/i.test(text)) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `${option} must be ${allowed}, and a URL must begin with file:; got ${JSON.stringify(text)}`,
    );
  }
  try {
    return fileURLToPath(text);
  } catch (cause) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `${option} must be ${allowed}; got ${JSON.stringify(text)}: ${(cause as Error).message}`,
      { cause },
    );
  }
}
