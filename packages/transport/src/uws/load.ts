/* Loads uWebSockets.js, or tells why it does not load. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NativeModule } from './native.js';

/** A string to the compiler, so that a build does not need the optional module. */
const MODULE_NAME: string = 'uWebSockets.js';

/** The outcome of {@link loadUws}. */
export type UwsLoad =
  /** `description` names the build, for people. */
  | { readonly ok: true; readonly native: NativeModule; readonly description: string }
  /**
   * `reason` says in one line why the module does not load here. `remedy` is a command that brings
   * the module; it is absent where no command is known to help.
   */
  | { readonly ok: false; readonly reason: string; readonly remedy?: string };

/** Installs the build that the manifest of this package names. */
const INSTALL_UWS = 'npm install uWebSockets.js@npm:uws-pack@20.0.8';

/** The surroundings of {@link loadUws}. Tests pass their own. */
export interface UwsSurroundings {
  readonly platform: string;
  /** The version of the GNU C library; undefined on another C library, such as musl. */
  glibcVersion(): string | undefined;
  importModule(): Promise<unknown>;
}

/**
 * Loads the module. It does not load where it is not installed, where it has no binary for this
 * Node or platform, or where the C library is another one. On musl the binary is never touched,
 * because it can end the process there instead of throwing.
 */
export async function loadUws(surroundings: UwsSurroundings = thisProcess): Promise<UwsLoad> {
  if (surroundings.platform === 'linux' && surroundings.glibcVersion() === undefined) {
    return {
      ok: false,
      reason: `${MODULE_NAME} needs the GNU C library, and this process runs on another (musl?)`,
    };
  }
  try {
    const native = await surroundings.importModule();
    if (isNativeModule(native)) return { ok: true, native, description: describeBuild() };
    return {
      ok: false,
      reason: `${MODULE_NAME} lacks functions that are used here: not a build of version 20`,
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND') return { ok: false, reason: explain(error) };
    const reason = `the optional dependency ${MODULE_NAME} is not installed`;
    return { ok: false, reason, remedy: INSTALL_UWS };
  }
}

const thisProcess: UwsSurroundings = {
  platform: process.platform,
  glibcVersion: readGlibcVersion,
  importModule: () => import(MODULE_NAME),
};

function readGlibcVersion(): string | undefined {
  // Node's declarations lack `excludeNetwork`, which came with Node 20.13.
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork = false } = report;
  // Otherwise the report looks up the names of all peers and waits for them.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return header?.glibcVersionRuntime;
}

function isNativeModule(value: unknown): value is NativeModule {
  const candidate = value as Partial<NativeModule> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.App === 'function' &&
    typeof candidate.us_listen_socket_close === 'function' &&
    typeof candidate.us_socket_local_port === 'function'
  );
}

function explain(error: unknown): string {
  const { node, modules } = process.versions;
  const here = `Node ${node.split('.', 1)[0]} (ABI ${modules})`;
  // The message of the loader begins with an advertisement and ends with the cause.
  const cause = (error as Error).message.trim().split('\n').at(-1) ?? '';
  // A binary is chosen by platform, processor and ABI, and the loader requires it by that name.
  if (/cannot find module|^- \//i.test(cause)) return `${MODULE_NAME} has no binary for ${here}`;
  return `the binary of ${MODULE_NAME} for ${here} does not load: ${cause}`;
}

/** Names the package behind the name of the module, which may be an alias, and its version. */
function describeBuild(): string {
  const runtime = `Node ABI ${process.versions.modules}, ${process.platform} ${process.arch}`;
  const folders = createRequire(import.meta.url).resolve.paths(MODULE_NAME) ?? [];
  const manifest = folders
    .map((folder) => join(folder, MODULE_NAME, 'package.json'))
    .find((path) => existsSync(path));
  if (manifest === undefined) return `${MODULE_NAME} (${runtime})`;
  const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    name: string;
    version: string;
  };
  return `${MODULE_NAME} as ${name} ${version} (${runtime})`;
}
