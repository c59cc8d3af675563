// Tests of loading uWebSockets.js.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadUws, type UwsSurroundings } from '../src/uws/index.js';

// The type is `string`, so that the compiler looks for neither package.
const INSTALLED: string = 'uWebSockets.js';
const NOT_INSTALLED: string = 'uWebSockets.js-that-nobody-installs';

const { optionalDependencies } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { readonly optionalDependencies: Readonly<Record<string, string>> };

const LINUX: UwsSurroundings = {
  platform: 'linux',
  glibcVersion: () => '2.36',
  importModule: () => import(INSTALLED),
};

describe('loadUws', () => {
  it('loads here, and names the build', async () => {
    const load = await loadUws();
    expect(load).toMatchObject({ ok: true });
    expect(load.ok && load.description).toMatch(
      /^uWebSockets\.js as uws-pack 20\.\d+\.\d+ \(Node ABI \d+, \w+ \w+\)$/,
    );
  });

  it('does not touch the binary on another C library, where it could end the process', async () => {
    let isTouched = false;
    const load = await loadUws({
      ...LINUX,
      glibcVersion: () => undefined,
      importModule: () => {
        isTouched = true;
        return LINUX.importModule();
      },
    });
    expect(load).toEqual({ ok: false, reason: expect.stringContaining('GNU C library') });
    expect(isTouched).toBe(false);
  });

  it('asks for no C library if the system is not Linux', async () => {
    expect(
      await loadUws({ ...LINUX, platform: 'darwin', glibcVersion: () => undefined }),
    ).toMatchObject({ ok: true });
  });

  it('says that it is not installed, and how to install the build of the manifest', async () => {
    const importModule = () => import(NOT_INSTALLED);
    expect(await loadUws({ ...LINUX, importModule })).toEqual({
      ok: false,
      reason: 'the optional dependency uWebSockets.js is not installed',
      remedy: `npm install uWebSockets.js@${optionalDependencies['uWebSockets.js']}`,
    });
  });

  it('says which Node has no binary, in one line', async () => {
    const error = new Error(
      'This version supports only some Node.js versions.\n\nError: Cannot find module ' +
        'uws_linux_x64_999.node',
    );
    const load = await loadUws({ ...LINUX, importModule: () => Promise.reject(error) });
    const reason = load.ok ? '' : load.reason;
    const { node, modules } = process.versions;
    const here = `Node ${node.split('.', 1)[0]} (ABI ${modules})`;
    expect(reason).toBe(`uWebSockets.js has no binary for ${here}`);
  });

  it('says why a binary does not load, in one line', async () => {
    const error = new Error('Join us.\n\nError: invalid ELF header');
    const load = await loadUws({ ...LINUX, importModule: () => Promise.reject(error) });
    expect(load.ok ? '' : load.reason).toMatch(
      /^the binary of uWebSockets\.js for Node \d+ \(ABI \d+\) does not load: .*ELF header$/,
    );
  });

  it('refuses another module of that name', async () => {
    const load = await loadUws({ ...LINUX, importModule: async () => ({ App: () => undefined }) });
    expect(load).toEqual({
      ok: false,
      reason: expect.stringContaining('not a build of version 20'),
    });
  });
});
