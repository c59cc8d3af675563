import { type AppDefinition, HioloadError } from '@hioload/api';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isApp } from './define-app.js';

interface ModuleExports {
  readonly default?: unknown;
}

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts']);

/**
 * Evaluates an application module on this thread.
 * @param file absolute path; TypeScript is translated by tsx, without a type-check
 * @throws HIOLOAD_MODULE_FAILED, HIOLOAD_MODULE_NO_APP
 */
export async function loadApp(file: string): Promise<AppDefinition> {
  let exports: ModuleExports;
  try {
    exports = await importModule(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HioloadError('HIOLOAD_MODULE_FAILED', `module: ${file} failed: ${reason}`, { cause });
  }
  if (!isApp(exports.default)) {
    throw new HioloadError(
      'HIOLOAD_MODULE_NO_APP',
      `module: the default export of ${file} is ${kindOf(exports.default)}: \`export default defineApp({ ... })\` is needed`,
    );
  }
  return exports.default;
}

async function importModule(file: string): Promise<ModuleExports> {
  const url = pathToFileURL(file).href;
  if (!TYPESCRIPT.has(extname(file))) return (await import(url)) as ModuleExports;
  const { tsImport } = await import('tsx/esm/api');
  return (await tsImport(url, import.meta.url)) as ModuleExports;
}

function kindOf(value: unknown): string {
  return value === undefined ? 'missing' : value === null ? 'null' : `of type ${typeof value}`;
}
