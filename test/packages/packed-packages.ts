// Test support: packs the packages of this repository.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT, runProgram } from './commands.js';

/** The parts of a package.json that the tests look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package as it would be published. */
export interface PackedPackage {
  readonly manifest: Manifest;
  /** Path of the tarball. */
  readonly tarball: string;
  /** Folder into which it was unpacked. */
  readonly folder: string;
  /** Paths of its files, relative to the folder, sorted. */
  readonly files: readonly string[];
}

/** Folders of the packages that are published, relative to the root. */
export function publishableFolders(): readonly string[] {
  return ['packages', 'tools', 'apps']
    .flatMap((group) => readdirSync(join(ROOT, group)).map((name) => join(group, name)))
    .filter((folder) => readdirSync(join(ROOT, folder)).includes('package.json'))
    .filter((folder) => readManifest(join(ROOT, folder)).private !== true);
}

/** Packs a package by `pnpm pack` into `target`, and unpacks it again beside. */
export async function packPackage(folder: string, target: string): Promise<PackedPackage> {
  const pnpm = join(ROOT, 'node_modules', '.bin', 'pnpm');
  const into = join(target, folder.replaceAll(/[\\/]/g, '-'));
  mkdirSync(into, { recursive: true });
  const packed = await runProgram(pnpm, ['pack', '--json', '--pack-destination', into], {
    cwd: join(ROOT, folder),
  });
  const { filename } = JSON.parse(packed) as { filename: string };
  await runProgram('tar', ['-xzf', filename, '-C', into], { cwd: into });
  const unpacked = join(into, 'package');
  return {
    manifest: readManifest(unpacked),
    tarball: filename,
    folder: unpacked,
    files: filesBelow(unpacked),
  };
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
