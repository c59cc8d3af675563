/** Evaluates the module of an application and takes the application out of it. */
import { type AppDefinition, HioloadError } from '@hioload/api';
import { describeExport, loadDefaultExport } from '../parts/load-module.js';
import { isApp } from './define-app.js';

/**
 * Evaluates the module of an application on this thread.
 * @param file absolute path; tsx translates TypeScript and does not check its types
 * @throws HIOLOAD_MODULE_FAILED, HIOLOAD_MODULE_NO_APP (as a rejection)
 */
export async function loadApp(file: string): Promise<AppDefinition> {
  const app = await loadDefaultExport('module', file);
  if (isApp(app)) return app;
  throw new HioloadError(
    'HIOLOAD_MODULE_NO_APP',
    `module: the default export of ${file} must be defineApp({ ... }); got ${describeExport(app)}`,
  );
}
