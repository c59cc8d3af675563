/** The machine as the checks of `hioload doctor` and the memory options see it. */
import type { Affinity, Topology } from '@hioload/api';
import { detectTopology, machineAffinity, TasksetAffinity } from '@hioload/reactor';
import { loadUws } from '@hioload/transport/uws';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the checks read of a machine. Tests use machines of their own. */
export interface Machine {
  readonly platform: string;
  readonly nodeVersion: string;
  /** Version of the interface between Node and native modules. */
  readonly abi: string;
  /** Version of the GNU C library; `undefined` where the process runs on another C library. */
  readonly glibcVersion: string | undefined;
  /** The trimmed text of a file below `/proc` or `/sys`; `undefined` where it cannot be read. */
  read(path: string): string | undefined;
  hasProgram(name: string): boolean;
  /** Runs a program to its end. `output` is its text on both streams. */
  run(name: string, args: readonly string[]): { readonly ok: boolean; readonly output: string };
  topology(): Promise<Topology>;
  /** Whether threads can be bound to CPUs, as a server finds out at its start. */
  affinity(): Affinity['available'];
  /** Whether uWebSockets.js loads. `text` names its build, or the reason why it does not load. */
  loadTransport(): Promise<{ readonly ok: boolean; readonly text: string }>;
}

/** Where {@link thisMachine} looks. */
export interface MachineRoots {
  readonly procRoot?: string;
  readonly sysRoot?: string;
  /** Folders of programs, joined as in the variable `PATH`. */
  readonly path?: string;
}

/** The machine that this process runs on. */
export function thisMachine(roots: MachineRoots = {}): Machine {
  const { procRoot = '/proc', sysRoot = '/sys', path = process.env['PATH'] ?? '' } = roots;
  return {
    platform: process.platform,
    nodeVersion: process.versions.node,
    abi: process.versions.modules,
    glibcVersion: readGlibcVersion(),
    read: (file) => readText(file.replace(/^\/proc\b/, procRoot).replace(/^\/sys\b/, sysRoot)),
    hasProgram: (name) =>
      path.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, name))),
    run: runProgram,
    topology: () => detectTopology({ procRoot, sysRoot }),
    affinity: () =>
      (roots.procRoot === undefined && roots.path === undefined
        ? machineAffinity()
        : new TasksetAffinity({ procRoot, sysRoot, path })
      ).available,
    async loadTransport() {
      const uws = await loadUws();
      return { ok: uws.ok, text: uws.ok ? uws.description : uws.reason };
    },
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Time after which a program is ended, in milliseconds. */
const PROGRAM_TIMEOUT_MS = 5_000;

function runProgram(name: string, args: readonly string[]): ReturnType<Machine['run']> {
  const { status, error, stdout, stderr } = spawnSync(name, args, {
    encoding: 'utf8',
    timeout: PROGRAM_TIMEOUT_MS,
  });
  if (error !== undefined) return { ok: false, output: error.message };
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

function readGlibcVersion(): string | undefined {
  const { header } = process.report.getReport() as unknown as {
    header?: { glibcVersionRuntime?: string };
  };
  return header?.glibcVersionRuntime;
}
