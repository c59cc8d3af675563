import { defineConfig } from 'vitest/config';

// Workspace packages are imported from source: a test never judges a stale build.
const conditions = ['hioload-source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['{packages,apps,tools}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // A pool of threads would terminate workers, and a thread that holds uWebSockets.js handles
    // aborts the process then.
    pool: 'forks',
    execArgv: ['--conditions=hioload-source'],
    // Shared structures check their users: expired bytes are poisoned, double releases throw.
    env: { HIOLOAD_DEBUG: '1' },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
