// The projects of the tests: one for each tier, all with the same settings.
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { isForTable } from './test/support/left-out/closing-table.js';
import { TIERS } from './tools/checks/tiers/tiers.mjs';

// Workspace packages are imported from source: a test never judges a stale build.
const conditions = ['hioload-source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // A pool of threads would terminate workers, and a thread that holds uWebSockets.js handles
    // aborts the process then.
    pool: 'forks',
    execArgv: ['--conditions=hioload-source'],
    // Shared structures check their users: expired bytes are poisoned, double releases throw.
    env: { HIOLOAD_DEBUG: '1' },
    reporters: ['default', './test/support/left-out/closing-table.ts'],
    onConsoleLog: (log) => !isForTable(log),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: TIERS.map(({ name, include, exclude }) => ({
      extends: true,
      test: {
        name,
        include,
        exclude: [...configDefaults.exclude, ...exclude],
        // These share processes: to start one for each file would cost more than the tests.
        isolate: name !== 'unit' && name !== 'conformance',
        // The slow tier measures and floods: its files run one at a time, behind all others.
        maxWorkers: name === 'slow' ? 1 : Math.max(2, availableParallelism() - 1),
        sequence: { groupOrder: name === 'slow' ? 1 : 0 },
      },
    })),
  },
});
