// Installs the packages that the lockfile names.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from './child.mjs';
import { installEnvironment } from './environment.mjs';
import { SetupFailure } from './failure.mjs';
import { ROOT } from './paths.mjs';
import { say } from './say.mjs';

const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|E(NET|HOST)UNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/;

/**
 * Installs what the lockfile names, with the pnpm that package.json pins. Throws a line that says
 * why if it cannot.
 */
export async function installPackages() {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  say(`installing packages with ${packageManager}; this takes a minute the first time`);
  const started = performance.now();
  // The package by its flag: an npx around us (`npx -p node@22 -- npm test`) leaves its own in the
  // environment. A changed Node or platform makes pnpm rebuild node_modules, which it would ask
  // about.
  const install = [
    '--dir',
    ROOT,
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--config.confirmModulesPurge=false',
  ];
  const { code, output } = await runChild(
    'npx',
    ['-y', `--package=${packageManager}`, '--', 'pnpm', ...install],
    {
      // Not here, where npx would find the pnpm of the last install, which would then take itself
      // away at work.
      cwd: tmpdir(),
      env: installEnvironment(),
      onText: (text) => process.stderr.write(text),
    },
  );
  if (code === 0)
    return say(`packages installed in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (code === 'ENOENT')
    throw new SetupFailure('npx was not found; it comes with npm, which must be in the PATH');
  const unreachable = NO_NETWORK.exec(output)?.[0];
  if (unreachable === undefined) {
    throw new SetupFailure(
      `the packages could not be installed: pnpm ended with ${code}, see above`,
    );
  }
  throw new SetupFailure(
    `no package registry can be reached (${unreachable}); the first run needs one, later ` +
      'runs do not',
  );
}
