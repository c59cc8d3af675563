// Runs one pass: starts the load processes, and combines their numbers.
import { nodeCommand, PinnedChild } from '../core/pinned-child.js';
import type { RunningServer } from '../servers/with-server.js';
import type { LoadCommand, LoadPlan, LoadReport, LoadResult } from './load-messages.js';

/** The load of one pass. */
export interface LoadRun {
  /** The load processes. Each one is bound to its CPUs. */
  readonly loads: readonly { readonly cpus: readonly number[]; readonly plan: LoadPlan }[];
  readonly warmupMs: number;
  readonly measureMs: number;
}

/** Time that a load process may need besides its measuring, to connect and to settle. */
const LOAD_DEADLINE_MS = 40_000;

/**
 * Loads a server from several processes at the same time.
 * @returns the counts of each process, in order
 * @throws Error if a process finds a fault, ends or stays silent
 */
export async function runLoad(
  { pids, cpus }: Pick<RunningServer, 'pids' | 'cpus'>,
  { loads, warmupMs, measureMs }: LoadRun,
): Promise<LoadResult[]> {
  const children = loads.map(({ cpus }) =>
    PinnedChild.start<LoadCommand, LoadReport>(
      `load on CPU ${cpus.join(',')}`,
      cpus,
      nodeCommand('load/load-process'),
    ),
  );
  const answers = async (timeMs: number): Promise<LoadReport[]> => {
    const reports = await Promise.all(
      children.map((child) => child.receive(LOAD_DEADLINE_MS + timeMs)),
    );
    const fault = reports.find((report) => report.kind === 'fault');
    if (fault !== undefined) throw new Error(`not what is due: ${fault.message}`);
    return reports;
  };
  try {
    children.forEach((child, index) => child.send({ kind: 'connect', plan: loads[index]!.plan }));
    await answers(0);
    const all = [...new Set([...cpus, ...loads.flatMap((load) => load.cpus)])];
    for (const child of children)
      child.send({ kind: 'go', serverPids: pids, cpus: all, warmupMs, measureMs });
    return (await answers(warmupMs + measureMs)).filter((report) => report.kind === 'result');
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}
