// Tests of the build of the packages.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Checkout } from './checkout.js';

/** Stands for turbo: it makes the output of the launcher, and records that it ran. */
const TURBO = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
for (const folder of ['packages', 'tools/launcher/dist']) mkdirSync(folder, { recursive: true });
writeFileSync('tools/launcher/dist/main.js', '');
appendFileSync('builds', '.');
`;

async function launcherCheckout(): Promise<Checkout> {
  const checkout = new Checkout();
  await checkout.run('install.mjs');
  checkout.installProgram('turbo', TURBO);
  checkout.write('tools/launcher/package.json', '{}');
  checkout.write('tools/launcher/tsconfig.build.json', '{}');
  checkout.write('tools/launcher/src/main.ts', 'export {};');
  return checkout;
}

describe('the build', () => {
  it('says the first time that it builds, and then nothing', async () => {
    const checkout = await launcherCheckout();

    const first = await checkout.run('build.mjs');
    const second = await checkout.run('build.mjs');

    expect(first).toEqual({
      code: 0,
      stdout: '',
      stderr: 'hioload-ws: building the packages, which takes a minute the first time\n',
    });
    expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('writes nothing where all is built, so a read-only checkout serves', async () => {
    const checkout = await launcherCheckout();
    await checkout.run('build.mjs');
    const before = checkout.modified();

    expect(await checkout.run('build.mjs')).toEqual({ code: 0, stdout: '', stderr: '' });

    expect(checkout.modified()).toEqual(before);
    expect(checkout.read('builds')).toBe('.');
  });

  it.each<[string, (checkout: Checkout) => void]>([
    [
      'a source has changed',
      (checkout) => checkout.write('tools/launcher/src/main.ts', 'export { };'),
    ],
    ['a source is new', (checkout) => checkout.write('tools/launcher/src/other.ts', '')],
    ['an output is gone', (checkout) => rmSync(join(checkout.root, 'tools/launcher/dist/main.js'))],
    [
      'the record of the last build is cut',
      (checkout) => checkout.write('.hioload/built.json', '{'),
    ],
  ])('builds again where %s', async (_, change) => {
    const checkout = await launcherCheckout();
    await checkout.run('build.mjs');
    change(checkout);
    await checkout.run('build.mjs');
    expect(checkout.read('builds')).toBe('..');
  });
});
