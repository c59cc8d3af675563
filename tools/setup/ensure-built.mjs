// Makes sure that the packages are installed and built.
import { ensureInstalled } from './ensure-installed.mjs';

/** Installs what is missing and builds what has changed. */
export async function ensureBuilt() {
  await ensureInstalled();
  const { buildPackages } = await import('./build-packages.mjs');
  await buildPackages();
}
