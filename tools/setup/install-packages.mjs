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
 * Installs the packages of the lockfile, with the pnpm that package.json pins. If it fails, it
 * throws a line with the reason.
 */
export async function installPackages() {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  say(`installing packages with ${packageManager}; this takes a minute the first time`);
  const started = performance.now();
  // The flag names the package, because an outer npx (`npx -p node@22 -- npm test`) leaves its own
  // package in the environment. After a change of Node or platform pnpm rebuilds node_modules, and
  // would ask first.
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
      // The working directory is not the checkout: there npx would find the pnpm of the last
      // install, which would remove itself at work.
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
