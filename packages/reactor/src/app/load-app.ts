/** Evaluates the module of an application and takes the application out of it. */
import { type AppDefinition, HioloadError, textOfThrown } from '@hioload/api';
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
    const reason = textOfThrown(cause);
    throw new HioloadError('HIOLOAD_MODULE_FAILED', `module: ${file} failed: ${reason}`, { cause });
  }
  const app = unwrapCommonJs(exports.default);
  if (!isApp(app)) {
    throw new HioloadError(
      'HIOLOAD_MODULE_NO_APP',
      `module: the default export of ${file} must be defineApp({ ... }); got ${kindOf(app)}`,
    );
  }
  return app;
}

async function importModule(file: string): Promise<ModuleExports> {
  const url = pathToFileURL(file).href;
  if (!TYPESCRIPT.has(extname(file))) return (await import(url)) as ModuleExports;
  const { tsImport } = await import('tsx/esm/api');
  return (await tsImport(url, import.meta.url)) as ModuleExports;
}

/**
 * The default export without its CommonJS wrapper. A TypeScript module is translated to CommonJS
 * where its package.json does not say `"type": "module"`; its default export lies one level deeper
 * then.
 */
function unwrapCommonJs(exported: unknown): unknown {
  const isWrapped = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return isWrapped && 'default' in exported ? exported.default : exported;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'no default export';
  return value === null ? 'null' : `a value of type ${typeof value}`;
}
