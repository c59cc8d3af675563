// Measures one pass of `bench idle`: memory and CPU time of idle connections.
import { type ChildCommand, nodeCommand, PinnedChild } from '../core/pinned-child.js';
import { type ProcessMemory, readProcessMemory } from '../core/process-memory.js';
import type { PassOutcome } from '../core/rounds.js';
import { type RunningServer, type ServerChild, withServer } from '../servers/with-server.js';
import type { HoldCommand, HoldReport } from './hold-messages.js';
import type { IdleSettings } from './settings.js';
import { settledMemory } from './settled-memory.js';

/** The numbers of one pass. */
export interface IdleNumbers {
  readonly version: string;
  /** Memory that the server needs for each further connection, in bytes: all, and without files. */
  readonly bytesPerConnection: number;
  readonly anonymousBytesPerConnection: number;
  /** Memory of the server with all connections open, in bytes. */
  readonly bytesInAll: number;
  /** CPU time of the server while all connections are idle, in cores. */
  readonly idleCores: number;
  /** Pings that the server sent in that time. */
  readonly pings: number;
}

const COLLECT_DEADLINE_MS = 30_000;
const HOLD_DEADLINE_MS = 90_000;

/**
 * Opens idle connections to a server of its own, in two steps.
 * @throws Error if the server cannot be started, or closes a connection
 */
export async function measureIdle(
  name: string,
  command: ChildCommand,
  settings: IdleSettings,
): Promise<PassOutcome<IdleNumbers>> {
  return withServer(name, [settings.serverCpu], command, async (server, child) => {
    const holder = PinnedChild.start<HoldCommand, HoldReport>(
      `the load on CPU ${settings.loadCpu}`,
      [settings.loadCpu],
      nodeCommand('idle/hold-process'),
    );
    try {
      return await measure(server, child, holder, settings);
    } finally {
      await holder.stop();
    }
  });
}

async function measure(
  { host, port, pids, version }: RunningServer,
  child: ServerChild,
  holder: PinnedChild<HoldCommand, HoldReport>,
  { from, to, seconds }: IdleSettings,
): Promise<PassOutcome<IdleNumbers>> {
  const ask = async (order: HoldCommand, deadlineMs: number): Promise<HoldReport> => {
    holder.send(order);
    const report = await holder.receive(deadlineMs);
    if (report.kind === 'fault') throw new Error(report.message);
    return report;
  };
  const collect = async (): Promise<void> => {
    child.send({ kind: 'collect' });
    await child.receive(COLLECT_DEADLINE_MS);
  };
  const memoryWith = async (
    count: number,
  ): Promise<{ readonly memory: ProcessMemory; readonly isStill: boolean }> => {
    await ask({ kind: 'grow', target: { host, port, path: '/' }, count }, HOLD_DEADLINE_MS);
    return settledMemory(collect, () => readProcessMemory(pids));
  };

  const few = await memoryWith(from);
  const many = await memoryWith(to);
  const stayed = await ask(
    { kind: 'stay', serverPids: pids, durationMs: seconds * 1000 },
    HOLD_DEADLINE_MS + seconds * 1000,
  );
  if (stayed.kind !== 'stayed') throw new Error(`the load answers ${stayed.kind}`);
  const slope = (of: keyof ProcessMemory): number =>
    (many.memory[of] - few.memory[of]) / (to - from);
  return {
    numbers: {
      version,
      bytesPerConnection: slope('resident'),
      anonymousBytesPerConnection: slope('anonymous'),
      bytesInAll: many.memory.resident,
      idleCores: stayed.serverCores,
      pings: stayed.pings,
    },
    voidReason:
      few.isStill && many.isStill ? null : 'the memory of the server did not come to a standstill',
  };
}
