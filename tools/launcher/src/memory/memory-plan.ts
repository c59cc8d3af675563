/** Decides how the server process is started for the options `--huge-pages` and `--numactl`. */
import { HioloadError, type Topology } from '@hioload/api';
import { type MemoryWish, nodesInUse } from '@hioload/reactor';
import type { Machine } from '../doctor/machine.js';
import type { ServerRequest } from '../options/server-request.js';
import { planHugePages } from './huge-pages.js';
import type { MemoryNote } from './memory-note.js';
import { planNumactl } from './numactl.js';

/** The memory options that the user has set. */
export interface MemoryOptions {
  readonly hugePages: boolean;
  readonly numactl: boolean;
}

/** How the server process is started so that the memory options take effect. */
export interface MemoryPlan {
  /** Words that go before the command line of the server. */
  readonly command: readonly string[];
  /** Variables that override the environment of the launcher. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the server checks once it is ready; `undefined` if there is nothing to check. */
  readonly wish: MemoryWish | undefined;
  readonly notes: readonly MemoryNote[];
}

/** Makes the plan: finds out which memory options this machine supports. */
export async function planMemory(
  { hugePages, numactl }: MemoryOptions,
  server: ServerRequest,
  machine: Machine,
  environment: NodeJS.ProcessEnv,
): Promise<MemoryPlan> {
  const huge = hugePages ? planHugePages(machine, environment['GLIBC_TUNABLES']) : null;
  const bound = numactl ? await bind(server, machine) : null;
  const wish = { hugePages: huge?.expected ?? false, boundTo: bound?.boundTo ?? null };
  return {
    command: bound?.command ?? [],
    environment: huge?.environment ?? {},
    wish: wish.hugePages || wish.boundTo !== null ? wish : undefined,
    notes: [huge, bound].flatMap((plan) => plan?.note ?? []),
  };
}

async function bind(
  server: ServerRequest,
  machine: Machine,
): Promise<ReturnType<typeof planNumactl> | null> {
  const topology = await machine.topology();
  const nodes = nodesOf(server, topology);
  return nodes === null ? null : planNumactl(machine, topology.nodes.length, nodes);
}

/** The nodes of the reactors; `null` if they cannot be placed, which the server reports itself. */
function nodesOf(server: ServerRequest, topology: Topology): readonly number[] | null {
  try {
    return nodesInUse(server, topology);
  } catch (error) {
    if (error instanceof HioloadError) return null;
    throw error;
  }
}
