// Tests of the packed packages: their files, types and examples.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { FREE_PORTS, run } from '../e2e/launcher/start-launcher.js';
import { ROOT, runProgram } from './commands.js';
import { Consumer, doorsOf, examplesOf } from './consumer.js';
import { hasNativeModule, NATIVE_PACKAGE, PackageRegistry } from './package-registry.js';
import { packPackage, type PackedPackage, publishableFolders } from './packed-packages.js';

const SLOW_MS = 180_000;
const FOLDERS = publishableFolders();
const EXPECTED_FILE =
  /^(dist\/.*\.(js|d\.ts)(\.map)?|src\/.*\.ts|[\w-]+\.mjs|package\.json|README\.md|LICENSE)$/;

let base = '';
let packed: readonly PackedPackage[] = [];

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'hioload-packages-'));
  // What is packed is what was built: a run of this file alone must not judge an older build.
  await runProgram(process.execPath, [join(ROOT, 'tools', 'setup', 'build.mjs')], { cwd: ROOT });
  packed = await Promise.all(FOLDERS.map((folder) => packPackage(folder, base)));
}, SLOW_MS);

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe.each(FOLDERS)('the tarball of %s', (folder) => {
  const tarball = (): PackedPackage => packed[FOLDERS.indexOf(folder)]!;

  it('has the built files, the source, a README and the licence, and no tests', () => {
    const { files } = tarball();

    expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']));
    const strange = files.filter((file) => !EXPECTED_FILE.test(file) || /\.test\./.test(file));
    expect(strange).toEqual([]);
  });

  it('has a source file for each built file, so that source maps work and none is stale', () => {
    const { files } = tarball();

    const built = files.filter((file) => /^dist\/.*\.js$/.test(file));
    const orphans = built.filter(
      (file) => !files.includes(file.replace(/^dist\/(.*)\.js$/, 'src/$1.ts')),
    );
    expect(built.length).toBeGreaterThan(0);
    expect(orphans).toEqual([]);
  });

  it('has a manifest that is valid outside of the workspace', () => {
    const { manifest, folder: unpacked } = tarball();

    expect(manifest).toMatchObject({
      type: 'module',
      license: 'MIT',
      engines: { node: '>=20.19' },
    });
    const ranges = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const [name, range] of Object.entries(ranges)) {
      expect(range, name).toMatch(
        name.startsWith('@hioload/') ? /^\d+\.\d+\.\d+$/ : /^(npm:[\w.@/-]+@)?\d+\.\d+\.\d+$/,
      );
    }
    expect(readFileSync(join(unpacked, 'package.json'), 'utf8')).not.toContain('workspace:');
  });

  it('has every file that its exports and commands name', () => {
    const { manifest, folder: unpacked } = tarball();

    const doors = Object.values(manifest.exports ?? {}).flatMap((door) => Object.values(door));
    const commands = Object.values(manifest.bin ?? {});
    expect(doors.length).toBeGreaterThan(0);
    expect([...doors, ...commands].filter((file) => !existsSync(join(unpacked, file)))).toEqual([]);
    for (const command of commands) {
      expect(readFileSync(join(unpacked, command), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
      expect(statSync(join(unpacked, command)).mode & 0o111, command).toBe(0o111);
    }
  });
});

/** How the native module is asked for by name. */
function nativeDependency(): string {
  const { manifest } = packedAs('@hioload/transport');
  return `uWebSockets.js@${manifest.optionalDependencies?.['uWebSockets.js']}`;
}

function packedAs(name: string): PackedPackage {
  const found = packed.find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new Error(`${name} was not packed`);
  return found;
}

describe('the README of the transport', () => {
  it('explains how to install the native module', () => {
    const readme = readFileSync(join(packedAs('@hioload/transport').folder, 'README.md'), 'utf8');
    expect(readme).toContain(`npm install ${nativeDependency()}\n`);
  });
});

describe.each([
  { title: 'with the native module', without: [] },
  { title: 'without the native module', without: [NATIVE_PACKAGE] },
])('an empty project $title', ({ without }) => {
  const serves = without.length === 0 && hasNativeModule();
  let consumer: Consumer;
  let registry: PackageRegistry;
  const doors = (): readonly string[] => packed.flatMap(doorsOf);

  beforeAll(async () => {
    registry = new PackageRegistry(packed, base, without);
    consumer = new Consumer(join(base, `consumer-${without.length}`));
    const names = packed.map(({ manifest }) => manifest.name);
    // Named although it is an optional dependency: npm leaves out an optional package that declares
    // a newer Node.
    const native = serves ? [nativeDependency()] : [];
    await consumer.install(await registry.listen(), [...names, ...native, '@types/node']);
  }, SLOW_MS);

  afterAll(() => registry.close());

  it('imports every door with plain node', async () => {
    const namesOf =
      `Object.fromEntries(await Promise.all(${JSON.stringify(doors())}.map(async (door) => ` +
      '[door, Object.keys(await import(door)).length])))';

    const found = await consumer.evaluate(`console.log(JSON.stringify(${namesOf}))`);

    expect(Object.keys(found as object)).toEqual(doors());
    for (const count of Object.values(found as Record<string, number>))
      expect(count).toBeGreaterThan(0);
  });

  it('type-checks every door and every example of a README', { timeout: SLOW_MS }, async () => {
    const imports = doors().map((door, index) => `export * as door${index} from '${door}';`);
    consumer.write('doors.ts', imports.join('\n'));
    packed
      .flatMap(examplesOf)
      .forEach((example, index) => consumer.write(`example-${index}.ts`, example));

    await expect(consumer.checkTypes()).resolves.toBeUndefined();

    consumer.write(
      'wrong.ts',
      "import { nothing } from '@hioload/api';\nexport const wrong: string = nothing;\n",
    );
    await expect(consumer.checkTypes()).rejects.toThrow(/wrong\.ts\(1,10\): error TS2305/);
  });

  it('reports whether the native transport can serve, and why', async () => {
    const load = await consumer.evaluate(
      "const { loadUws } = await import('@hioload/transport/uws'); const { ok, reason } = " +
        'await loadUws(); console.log(JSON.stringify({ ok, reason }))',
    );

    if (serves) expect(load).toEqual({ ok: true });
    else expect(load).toEqual({ ok: false, reason: expect.stringContaining('uWebSockets.js') });
  });

  it('has the hioload command', async () => {
    const output = await consumer.runBin('hioload', '--version');

    expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('serves an application in TypeScript', async () => {
    consumer.write('echo.ts', examplesOf(packedAs('@hioload/reactor'))[0]!);
    const options = ['--reactors', '1', '--log-format', 'json', ...FREE_PORTS];
    const command = run(consumer.bin('hioload'), ['serve', 'echo.ts', ...options], {
      cwd: consumer.folder,
    });

    const socket = new WebSocket((await command.ready()).url);
    await once(socket, 'open');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('hello');
    command.process.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    await command.nothingLeft();
  });

  // With the native module there is nothing to refuse.
  it.runIf(without.length > 0)(
    'refuses the native transport with one line if it cannot serve',
    async () => {
      consumer.write('echo.ts', examplesOf(packedAs('@hioload/reactor'))[0]!);
      const options = ['--transport', 'uws', ...FREE_PORTS];
      const command = run(consumer.bin('hioload'), ['serve', 'echo.ts', ...options], {
        cwd: consumer.folder,
      });

      expect(await command.ended).not.toBe(0);
      expect(command.errorOutput).toContain('uWebSockets.js is not installed');
      await command.nothingLeft();
    },
  );
});
