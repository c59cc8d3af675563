// Makes sure that the packages of the lockfile are installed.
import { dropStamp, isInstalled, writeStamp } from './stamp.mjs';

/**
 * Installs the packages of the lockfile unless they are there; then it touches neither disk nor
 * network.
 */
export async function ensureInstalled() {
  if (isInstalled()) return;
  const [{ installPackages }, { withLock }, { say }] = await Promise.all([
    import('./install-packages.mjs'),
    import('./lock.mjs'),
    import('./say.mjs'),
  ]);
  await withLock(
    'install',
    async () => {
      if (isInstalled()) return;
      dropStamp();
      await installPackages();
      writeStamp();
    },
    (holder) => say(`process ${holder} installs packages already; waiting for it`),
  );
}
