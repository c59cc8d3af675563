// Test support: a package registry on a loopback port.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { ROOT, runProgram } from './commands.js';
import { type Manifest, type PackedPackage, readManifest } from './packed-packages.js';

/** A version of a package that the registry has: a tarball, or a folder to make one of. */
interface Held {
  readonly manifest: Manifest;
  readonly tarball?: string;
  readonly folder?: string;
}

/**
 * A package registry on a loopback port, for an install that needs no network: it has our packed
 * packages, and of third parties what this repository has installed itself.
 */
export class PackageRegistry {
  readonly #held = new Map<string, Held[]>();
  readonly #server: Server;

  /**
   * @param scratch a folder for its temporary files
   * @param without names of packages that it answers with 404, as if they did not exist
   */
  constructor(packed: readonly PackedPackage[], scratch: string, without: readonly string[] = []) {
    for (const { manifest, tarball } of packed) this.#hold({ manifest, tarball });
    for (const folder of installedFolders()) this.#hold({ manifest: readManifest(folder), folder });
    for (const name of without) this.#held.delete(name);
    this.#server = createServer((request, response) => {
      const [name = '', version] = decodeURIComponent(request.url ?? '')
        .slice(1)
        .split('/-/');
      const versions = this.#held.get(name);
      const held = versions?.find(({ manifest }) => manifest.version === version);
      if (held !== undefined)
        void sendTarball(held, scratch, response).catch((error: Error) => response.destroy(error));
      else if (versions !== undefined && version === undefined)
        response.end(this.#describe(name, versions));
      else response.writeHead(404).end('{}');
    });
  }

  /** Starts to listen. Resolves with the address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.#address;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  get #address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #hold(held: Held): void {
    const { name, version } = held.manifest;
    const versions = this.#held.get(name) ?? [];
    if (!versions.some(({ manifest }) => manifest.version === version)) versions.push(held);
    this.#held.set(name, versions);
  }

  /** What npm asks for first: every version, and where its tarball is. */
  #describe(name: string, held: readonly Held[]): string {
    const versions = held.map(({ manifest }) => [
      manifest.version,
      { ...manifest, dist: { tarball: `${this.#address}/${name}/-/${manifest.version}` } },
    ]);
    const latest = held.at(-1)?.manifest.version;
    return JSON.stringify({
      name,
      'dist-tags': { latest },
      versions: Object.fromEntries(versions),
    });
  }
}

/**
 * Folders of the third-party packages that are installed here: pnpm keeps each beside links to its
 * dependencies.
 */
function installedFolders(): readonly string[] {
  const store = join(ROOT, 'node_modules', '.pnpm');
  return readdirSync(store)
    .map((entry) => join(store, entry, 'node_modules'))
    .flatMap((folder) => {
      const names = foldersIn(folder);
      const scoped = names.filter((name) => name.startsWith('@'));
      const plain = names.filter((name) => !name.startsWith('@'));
      return [
        ...plain,
        ...scoped.flatMap((scope) =>
          foldersIn(join(folder, scope)).map((name) => join(scope, name)),
        ),
      ].map((name) => join(folder, name));
    });
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch {
    // The store has files and folders of its own among the packages.
    return [];
  }
}

/** The native module, by its name in the registry. */
export const NATIVE_PACKAGE = 'uws-pack';

/** What the binaries of the native module for this machine and this Node end in. */
const THIS_MACHINE = `${process.platform}_${process.arch}_${process.versions.modules}.node`;

/** Whether the native module is installed here with a binary for this machine and this Node. */
export function hasNativeModule(): boolean {
  const folder = installedFolders().find((installed) => basename(installed) === NATIVE_PACKAGE);
  const binaries =
    folder === undefined ? [] : readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const musl = process.platform === 'linux' && report.header?.glibcVersionRuntime === undefined;
  return !musl && binaries.some((file) => file.endsWith(THIS_MACHINE));
}

/** Answers with a tarball, made of an installed folder where there is none. */
async function sendTarball(
  { tarball, folder = '' }: Held,
  scratch: string,
  response: ServerResponse,
): Promise<void> {
  if (tarball !== undefined) {
    response.end(readFileSync(tarball));
    return;
  }
  const copy = mkdtempSync(join(scratch, 'tarball-'));
  // From a copy: pnpm links files of the same content to each other, tar would keep the links, and
  // npm drops links. Native binaries for other machines weigh a hundred megabytes.
  const isForeign = (path: string): boolean =>
    /_\d+\.node$/.test(path) && !path.endsWith(THIS_MACHINE);
  const filter = (path: string): boolean => !isForeign(path) && basename(path) !== 'node_modules';
  await cp(folder, join(copy, 'package'), { recursive: true, filter });
  await runProgram('tar', ['-czf', 'package.tgz', 'package'], { cwd: copy });
  response.end(readFileSync(join(copy, 'package.tgz')));
  rmSync(copy, { recursive: true });
}
