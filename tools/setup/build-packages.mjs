// Builds the packages that have changed.
import { join } from 'node:path';
import { runChild } from './child.mjs';
import { toolEnvironment } from './environment.mjs';
import { SetupFailure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { BIN, ROOT } from './paths.mjs';
import { pruneOutputs } from './prune-outputs.mjs';
import { say } from './say.mjs';

/**
 * Builds the changed packages. Prints nothing on success; otherwise it prints the errors and
 * throws.
 */
export async function buildPackages() {
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
  const args = ['run', 'build', '--output-logs=errors-only'];
  const outcome = await runChild(join(BIN, 'turbo'), args, { cwd: ROOT, env: toolEnvironment() });
  // This runs after the build, because the cache of turbo can bring back outputs of removed
  // sources.
  pruneOutputs();
  return outcome;
}
