/** Evaluates a module of the user on the calling thread. */
import { HioloadError, isHioloadError, textOfThrown } from '@hioload/api';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { goWithoutUnusableCache } from './translation-cache.js';

interface ModuleExports {
  readonly default?: unknown;
}

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts']);

/** Whether a module must be translated before it runs. @param file a path */
export const isTypeScript = (file: string): boolean => TYPESCRIPT.has(extname(file));

/** Whether every import on this thread takes TypeScript. So it is from the start, from source. */
let takesTypeScript = !isMainThread && import.meta.url.endsWith('.ts');

/**
 * Evaluates a module on this thread. Resolves with its default export.
 * @param option the option that names the module, for the error
 * @param file absolute path; tsx translates TypeScript and does not check its types
 * @throws HIOLOAD_MODULE_FAILED (as a rejection) if the module throws or cannot be read. A
 * `HioloadError` that the module throws keeps its code, such as `HIOLOAD_APP_INVALID`.
 */
export async function loadDefaultExport(option: string, file: string): Promise<unknown> {
  try {
    const exports = await importModule(file);
    // The export may be a promise: a rejection of it is a failure of the module.
    return await unwrapCommonJs(exports.default);
  } catch (cause) {
    const reason = textOfThrown(cause);
    const code = isHioloadError(cause) ? cause.code : 'HIOLOAD_MODULE_FAILED';
    throw new HioloadError(code, `${option}: ${file} failed: ${reason}`, { cause });
  }
}

/** Describes the default export of a module. */
export function describeExport(value: unknown): string {
  return value === undefined ? 'no default export' : describeValue(value);
}

/** Describes a value. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  return value === null ? 'null' : `a value of type ${typeof value}`;
}

async function importModule(file: string): Promise<ModuleExports> {
  const url = pathToFileURL(file).href;
  if (isTypeScript(file) && !takesTypeScript) {
    goWithoutUnusableCache();
    const esm = await import('tsx/esm/api');
    // The main thread belongs to the program of the user, whose imports stay as they are. The cost:
    // the module gets copies of all modules that it imports, this package among them.
    if (isMainThread) return (await esm.tsImport(url, import.meta.url)) as ModuleExports;
    const commonJs = await import('tsx/cjs/api');
    commonJs.register();
    esm.register();
    takesTypeScript = true;
  }
  return (await import(url)) as ModuleExports;
}

/**
 * Finds the default export of a module that was translated to CommonJS. This happens in a folder
 * whose package.json does not say `"type": "module"`. The export then lies one level deeper.
 */
function unwrapCommonJs(exported: unknown): unknown {
  const isWrapped = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return isWrapped && 'default' in exported ? exported.default : exported;
}
