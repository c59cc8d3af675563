// Tests of loading an application from a module.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadApp } from '../../src/app/load-app.js';

// The folder lies inside the package, so that the modules in it find `@hioload/reactor` as an
// application does.
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(import.meta.dirname, 'load-app-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('loadApp', () => {
  it('loads TypeScript and JavaScript', async () => {
    const source = `import { defineApp } from '../../../src/app/define-app.js';`;
    const typed = await write(
      'typed.ts',
      `${source} const path: string = '/ts'; export default defineApp({ path });`,
    );
    expect((await loadApp(typed)).path).toBe('/ts');
    const plain = await write(
      'plain.mjs',
      `export default Object.defineProperty({ path: '/js' }, Symbol.for('hioload.app'), {});`,
    );
    expect((await loadApp(plain)).path).toBe('/js');
  });

  it('loads TypeScript translated to CommonJS if no package.json says module', async () => {
    await write('package.json', '{}');
    const file = await write(
      'common.ts',
      `export default Object.defineProperty({ path: '/c' }, Symbol.for('hioload.app'), {});`,
    );
    expect((await loadApp(file)).path).toBe('/c');
    await rm(join(folder, 'package.json'));
  });

  it.each([
    [
      'throws',
      'throws.ts',
      `throw new Error('no database');`,
      'HIOLOAD_MODULE_FAILED',
      /throws\.ts failed: no database/,
    ],
    [
      'defines an application with an unknown field',
      'unknown.ts',
      `import { defineApp } from '../../../src/app/define-app.js';
       export default defineApp({ mesage: () => undefined } as object);`,
      'HIOLOAD_APP_INVALID',
      /unknown\.ts failed: defineApp: the definition has no field "mesage"/,
    ],
    [
      'does not parse',
      'broken.ts',
      `export default {`,
      'HIOLOAD_MODULE_FAILED',
      /broken\.ts failed/,
    ],
    [
      'imports a missing module',
      'lost.mjs',
      `import './nowhere.mjs';`,
      'HIOLOAD_MODULE_FAILED',
      /nowhere\.mjs/,
    ],
    [
      'exports nothing',
      'empty.ts',
      `export {};`,
      'HIOLOAD_MODULE_NO_APP',
      /default export of .*empty\.ts must be defineApp\(\{ \.\.\. \}\); got no default export$/,
    ],
    [
      'exports a plain object',
      'plain.ts',
      `export default {};`,
      'HIOLOAD_MODULE_NO_APP',
      /must be defineApp\(\{ \.\.\. \}\); got a value of type object$/,
    ],
  ])('refuses a module that %s', async (_, name, text, code, message) => {
    const file = await write(name, text);
    await expect(loadApp(file)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});
