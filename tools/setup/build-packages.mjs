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
 * Builds the packages that have changed. Silent if that works; else it prints what went wrong and
 * throws.
 */
export async function buildPackages() {
  // Two builds at once would write the same files, and one could serve what the other has half
  // written.
  const { code, output } = await withLock('build', runBuild, (holder) =>
    say(`process ${holder} builds already; waiting for it`),
  );
  if (code === 0) return;
  process.stderr.write(output);
  throw new SetupFailure(`the build failed: turbo ended with ${code}, see above`);
}

async function runBuild() {
  const args = ['run', 'build', '--output-logs=errors-only'];
  const outcome = await runChild(join(BIN, 'turbo'), args, { cwd: ROOT, env: toolEnvironment() });
  // Afterwards: what turbo takes from its cache can hold outputs of such sources too.
  pruneOutputs();
  return outcome;
}
