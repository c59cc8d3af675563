// Tests of the build of the packages.
import { describe, expect, it } from 'vitest';
import { Checkout } from './checkout.js';

/** Stands for turbo: it makes the output of the launcher. */
const TURBO = `
for (const folder of ['packages', 'tools/launcher/dist'])
  require('node:fs').mkdirSync(folder, { recursive: true });
`;

describe('the build', () => {
  it('says the first time that it builds, and then nothing', async () => {
    const checkout = new Checkout();
    await checkout.run('install.mjs');
    checkout.installProgram('turbo', TURBO);

    const first = await checkout.run('build.mjs');
    const second = await checkout.run('build.mjs');

    expect(first).toEqual({
      code: 0,
      stdout: '',
      stderr: 'hioload-ws: building the packages, which takes a minute the first time\n',
    });
    expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
