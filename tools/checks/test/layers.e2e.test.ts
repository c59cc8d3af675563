// Tests of the layer check, on small workspaces that break one rule each.
import { describe, expect, it } from 'vitest';
import { checkLayers } from '../layers/check.mjs';
import { plantWorkspace } from './tree.js';

describe('the layer check', () => {
  it('passes a workspace that keeps the rules', async () => {
    const outcome = await checkLayers(plantWorkspace({}));

    expect(outcome).toEqual({ ok: true, report: '' });
  });

  const forbidden: readonly (readonly [
    rule: string,
    what: string,
    files: Readonly<Record<string, string>>,
  ])[] = [
    [
      'layer-protocol',
      'a package below another',
      { 'packages/protocol/src/a.ts': "import '@hioload/pool';\n" },
    ],
    [
      'layer-protocol',
      'a type of such a package',
      { 'packages/protocol/src/a.ts': "import type {} from '@hioload/pool';\n" },
    ],
    [
      'layer-protocol-test',
      'it in a test',
      { 'packages/protocol/test/a.test.ts': "import '@hioload/pool';\n" },
    ],
    [
      'layer-pool',
      'an app from a package',
      { 'packages/pool/src/a.ts': "import '../../../apps/echo/src/echo.js';\n" },
    ],
    [
      'no-cycle',
      'a cycle',
      {
        'packages/pool/src/a.ts':
          "import { b } from './b.js';\nexport const a = (): number => b();\n",
        'packages/pool/src/b.ts':
          "import { a } from './a.js';\nexport const b = (): number => a();\n",
      },
    ],
    [
      'no-cycle',
      'a cycle of types',
      {
        'packages/pool/src/a.ts': "import type { B } from './b.js';\nexport type A = B | 1;\n",
        'packages/pool/src/b.ts': "import type { A } from './a.js';\nexport type B = A | 2;\n",
      },
    ],
    [
      'resolves',
      'a file behind a door',
      { 'apps/echo/src/a.ts': "import '@hioload/api/src/limit.js';\n" },
    ],
    [
      'public-door',
      'a file beside a door',
      { 'apps/echo/src/a.ts': "import '../../../packages/api/src/limit.js';\n" },
    ],
    [
      'climbs-out-of-a-package',
      'a door by its path',
      { 'apps/echo/src/a.ts': "import '../../../packages/api/src/index.js';\n" },
    ],
    [
      'climbs-out-of-the-tests',
      'a path in a test',
      { 'test/b.test.ts': "import '../packages/api/src/index.js';\n" },
    ],
    [
      'climbs-out-of-a-package',
      'the support of tests by its path',
      {
        'test/support/wire/index.ts': 'export {};\n',
        'packages/api/test/a.test.ts': "import '../../../test/support/wire/index.js';\n",
      },
    ],
    [
      'climbs-out-of-the-tests',
      'it by its path in a test that spans packages',
      {
        'test/support/wire/index.ts': 'export {};\n',
        'test/b.test.ts': "import './support/wire/index.js';\n",
      },
    ],
    [
      'climbs-out-of-test-support',
      'a test from what tests share',
      { 'test/b.ts': 'export {};\n', 'test/support/wire/a.ts': "import '../../b.js';\n" },
    ],
    [
      'door-of-test-support',
      'a file behind a door of test/support',
      {
        'test/support/package.json': '{ "exports": { "./wire": "./wire/index.ts" } }',
        'test/support/wire/index.ts': 'export {};\n',
        'test/support/wire/frame.ts': 'export {};\n',
        'test/b.test.ts': "import './support/wire/frame.js';\n",
      },
    ],
    [
      'door-in-tests',
      'a file beside a door in a test',
      { 'test/b.test.ts': "import '../packages/api/src/limit.js';\n" },
    ],
    [
      'public-door',
      'an internal door in an app',
      { 'apps/echo/src/a.ts': "import '@hioload/pool/internal';\n" },
    ],
    [
      'public-door',
      'a tool from an app',
      { 'apps/echo/src/a.ts': "import '../../../tools/launcher/src/main.js';\n" },
    ],
    [
      'no-test-in-source',
      'a test from source',
      {
        'packages/pool/test/help.ts': 'export {};\n',
        'packages/pool/src/a.ts': "import '../test/help.js';\n",
      },
    ],
    [
      'wire-stands-alone',
      'a package from the wire',
      { 'test/support/wire/a.ts': "import '@hioload/api';\n" },
    ],
    ['api-is-pure', 'node from the contracts', { 'packages/api/src/a.ts': "import 'node:fs';\n" }],
    [
      'protocol-knows-no-socket',
      'a socket in the codec',
      { 'packages/protocol/src/a.ts': "import 'node:net';\n" },
    ],
    [
      'native-module-in-its-place',
      'the native module',
      { 'packages/pool/src/a.ts': "await import('uWebSockets.js');\n" },
    ],
    [
      'layer-unknown',
      'from a package without a row',
      { 'packages/new/src/a.ts': "import '../../api/src/index.js';\n" },
    ],
  ];

  it.each(forbidden)('fails by %s on an import of %s', async (rule, _what, files) => {
    const outcome = await checkLayers(plantWorkspace(files));

    expect(outcome.ok).toBe(false);
    expect(outcome.report).toContain(`error ${rule}: `);
  });
});
