// Makes sure that the packages of the lockfile are installed.
import { dropStamp, isInstalled, writeStamp } from './stamp.mjs';

/**
 * Installs the packages of the lockfile. If they are installed, it touches neither disk nor
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
    (holder) => say(`waiting for process ${holder}, which is installing packages`),
  );
}
