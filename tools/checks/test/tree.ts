// Test support: writes small workspaces into new folders.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes files into a new folder, which is removed when the test ends. */
export function plant(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'hioload-checks-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/**
 * A small workspace with the packages `api`, `pool` and `protocol`, an app and a test folder, and
 * the given files.
 */
export function plantWorkspace(files: Readonly<Record<string, string>>): string {
  const root = plant({
    'package.json': '{ "private": true }',
    'packages/api/package.json': manifest('api'),
    'packages/api/src/index.ts': "export { limit } from './limit.js';\n",
    'packages/api/src/limit.ts': 'export const limit = 1;\n',
    'packages/pool/package.json': manifest('pool', 'api'),
    'packages/pool/src/index.ts': "export { limit } from '@hioload/api';\n",
    'packages/pool/src/internal.ts': "export { limit as hidden } from '@hioload/api';\n",
    'packages/protocol/package.json': manifest('protocol', 'api', 'pool'),
    'packages/protocol/src/index.ts': "export { limit } from '@hioload/api';\n",
    'apps/echo/package.json': manifest('echo', 'api', 'pool'),
    'apps/echo/src/echo.ts': "import { limit } from '@hioload/pool';\nexport default limit;\n",
    'tools/launcher/package.json': manifest('launcher', 'api'),
    'tools/launcher/src/main.ts': "export { limit } from '@hioload/api';\n",
    'test/package.json': manifest('test', 'api', 'pool'),
    'test/a.test.ts':
      "import { hidden } from '@hioload/pool/internal';\nexport const seen = hidden;\n",
    ...files,
  });
  for (const folder of [
    'packages/pool',
    'packages/protocol',
    'apps/echo',
    'tools/launcher',
    'test',
  ]) {
    mkdirSync(join(root, folder, 'node_modules', '@hioload'), { recursive: true });
    for (const name of ['api', 'pool']) {
      symlinkSync(
        join(root, 'packages', name),
        join(root, folder, 'node_modules', '@hioload', name),
        'dir',
      );
    }
  }
  return root;
}

function manifest(name: string, ...dependencies: readonly string[]): string {
  return JSON.stringify({
    name: `@hioload/${name}`,
    type: 'module',
    exports: {
      '.': { 'hioload-source': './src/index.ts', default: './dist/index.js' },
      './internal': { 'hioload-source': './src/internal.ts', default: './dist/internal.js' },
    },
    dependencies: Object.fromEntries(
      dependencies.map((dependency) => [`@hioload/${dependency}`, 'workspace:*']),
    ),
  });
}
