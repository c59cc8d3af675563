// Tests of the installation of packages.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Checkout } from './checkout.js';

describe('the install', () => {
  it('runs the pinned pnpm for the checkout, from outside of it, once', async () => {
    const checkout = new Checkout();

    const first = await checkout.run('install.mjs');
    const second = await checkout.run('install.mjs');

    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(checkout.calls).toHaveLength(1);
    const called = checkout.calls[0]?.args.join(' ');
    expect(called).toContain(
      `-y --package=pnpm@1.2.3 -- pnpm --dir ${checkout.root} install --frozen-lockfile `,
    );
    expect(checkout.calls[0]?.cwd).not.toContain(checkout.root);
  });

  it('runs again when the lockfile has changed', async () => {
    const checkout = new Checkout();
    await checkout.run('install.mjs');
    checkout.write('pnpm-lock.yaml', 'lockfileVersion: 2\n');

    await checkout.run('install.mjs');
    await checkout.run('install.mjs');

    expect(checkout.calls).toHaveLength(2);
  });

  it('runs again after a failed install, also if an older one had worked', async () => {
    const checkout = new Checkout();
    await checkout.run('install.mjs');
    checkout.write('pnpm-lock.yaml', 'lockfileVersion: 2\n');
    const failed = await checkout.run('install.mjs', { NPX_EXIT: '3', NPX_SAYS: 'disk full' });
    checkout.write('pnpm-lock.yaml', 'lockfileVersion: 1\n');

    await checkout.run('install.mjs');

    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('disk full');
    expect(checkout.has('.hioload/install.lock')).toBe(false);
    expect(failed.stderr).toContain('pnpm ended with 3');
    expect(checkout.calls).toHaveLength(3);
  });

  it('runs once when two start together', async () => {
    const checkout = new Checkout();

    const both = await Promise.all(
      [1, 2, 3].map(() => checkout.run('install.mjs', { NPX_WAITS: '300' })),
    );

    expect(both.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(checkout.calls).toHaveLength(1);
  });

  it('takes over from a killed install', async () => {
    const checkout = new Checkout();
    const killed = checkout.spawn('install.mjs', { NPX_WAITS: '2000' });
    await expect.poll(() => checkout.calls.length, { timeout: 10_000 }).toBe(1);
    killed.kill('SIGKILL');
    await once(killed, 'exit');

    const { code } = await checkout.run('install.mjs');

    expect(code).toBe(0);
    expect(checkout.calls).toHaveLength(2);
  });

  it('passes a signal on and leaves no stamp', async () => {
    const checkout = new Checkout();
    const child = checkout.spawn('install.mjs', { NPX_WAITS: '20000' });
    await expect.poll(() => checkout.calls.length, { timeout: 10_000 }).toBe(1);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');

    expect(code).toBe(143);
    expect(checkout.has('node_modules/package')).toBe(false);
    expect(checkout.has('.hioload/install.lock')).toBe(false);
    await checkout.run('install.mjs');
    expect(checkout.calls).toHaveLength(2);
  });

  it('says that the first run needs a registry when there is no network', async () => {
    const says = 'npm error code EAI_AGAIN\n';
    const { code, stderr } = await new Checkout().run('install.mjs', {
      NPX_EXIT: '1',
      NPX_SAYS: says,
    });

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^hioload-ws: no package registry can be reached \(EAI_AGAIN\); the first run needs one/m,
    );
  });

  const isRoot = leaveOutIf(process.getuid?.() === 0, {
    what: 'an installation in a folder that is not writable',
    reason: 'root may write everywhere',
    command: 'npm test, as an ordinary user',
  });
  it.skipIf(isRoot)('says that this user cannot write to the checkout', async () => {
    const checkout = new Checkout();
    chmodSync(checkout.root, 0o555);

    const { code, stderr } = await checkout.run('install.mjs');

    chmodSync(checkout.root, 0o755);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^hioload-ws: this user cannot write to .*\n$/);
  });

  it('says that npx is missing', async () => {
    const { code, stderr } = await new Checkout().run('install.mjs', { PATH: '' });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^hioload-ws: npx was not found/m);
  });

  it('keeps its caches in the checkout if the home is not writable', async () => {
    const checkout = new Checkout();
    // A file stands where the folder should be, because that stops root too.
    checkout.write('home', '');

    const { code } = await checkout.run('install.mjs', {
      HOME: join(checkout.root, 'home', 'nobody'),
    });

    expect(code).toBe(0);
    const { npm_config_cache, XDG_DATA_HOME } = checkout.calls[0]?.env ?? {};
    expect(npm_config_cache).toBe(join(checkout.root, '.hioload', '.npm'));
    expect(XDG_DATA_HOME).toBe(join(checkout.root, '.hioload', '.local', 'share'));
  });

  it('leaves the caches in a writable home', async () => {
    const checkout = new Checkout();

    await checkout.run('install.mjs');

    expect(checkout.calls[0]?.env).not.toHaveProperty('npm_config_cache');
    expect(existsSync(join(checkout.root, '.hioload', '.npm'))).toBe(false);
  });
});
