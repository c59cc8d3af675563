// Builds the packages that have changed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inputs, isBuilt, writeBuilt } from './built.mjs';
import { runChild } from './child.mjs';
import { toolEnvironment } from './environment.mjs';
import { SetupFailure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { BIN, ROOT } from './paths.mjs';
import { pruneOutputs } from './prune-outputs.mjs';
import { say } from './say.mjs';

/** The output of a package that needs most others: without it, this is the first build. */
const LAST_OUTPUT = join(ROOT, 'tools', 'launcher', 'dist');

/**
 * Builds the changed packages. If nothing has changed, it writes nothing. The first build takes
 * long and says so. Otherwise this prints nothing on success; on failure it prints the errors and
 * throws.
 */
export async function buildPackages() {
  if (isBuilt()) return;
  if (!existsSync(LAST_OUTPUT)) say('building the packages, which takes a minute the first time');
  // Two builds at the same time would write the same files, and one could use a file that the other
  // has written only in part.
  const { code, output } = await withLock('build', runBuild, (holder) =>
    say(`waiting for process ${holder}, which is building`),
  );
  if (code === 0) return;
  process.stderr.write(output);
  throw new SetupFailure(`the build failed: turbo ended with ${code}, see above`);
}

async function runBuild() {
  const read = inputs();
  const args = ['run', 'build', '--output-logs=errors-only'];
  const outcome = await runChild(join(BIN, 'turbo'), args, { cwd: ROOT, env: toolEnvironment() });
  // This runs after the build, because the cache of turbo can bring back outputs of removed
  // sources.
  pruneOutputs();
  if (outcome.code === 0) writeBuilt(read);
  return outcome;
}
