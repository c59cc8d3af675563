// Runs one pass of `bench protocol`, in processes of its own.
import { nodeCommand, PinnedChild } from '../core/pinned-child.js';
import type { PassOutcome } from '../core/rounds.js';
import type { Arm } from './arms.js';
import type { CodecReport } from './codec-process.js';
import { MEMORY_CASES, type MemoryCase } from './memory-case.js';
import type { CaseMemory } from './memory-process.js';
import { WORKLOADS } from './workload.js';

/** The numbers of one pass of one arm. */
export interface ProtocolPass {
  readonly nanoseconds: CodecReport;
  readonly memory: Readonly<Record<MemoryCase, number>>;
}

const START_MS = 30_000;

/**
 * Runs one pass in processes of its own on one CPU.
 * @throws Error if a message comes out changed
 */
export async function measureArm(
  arm: Arm,
  cpu: number,
  milliseconds: number,
): Promise<PassOutcome<ProtocolPass>> {
  const expectedMs = Object.keys(WORKLOADS).length * milliseconds * 3;
  const nanoseconds = await reportOf<CodecReport>(
    arm,
    cpu,
    expectedMs,
    'protocol/codec-process',
    String(milliseconds),
  );
  const memory: Partial<Record<MemoryCase, number>> = {};
  for (const memoryCase of Object.keys(MEMORY_CASES) as MemoryCase[]) {
    const report = await reportOf<CaseMemory>(arm, cpu, 0, 'protocol/memory-process', memoryCase);
    memory[memoryCase] = report.bytesPerConnection;
  }
  return { numbers: { nanoseconds, memory: memory as ProtocolPass['memory'] }, voidReason: null };
}

async function reportOf<Report extends object>(
  arm: Arm,
  cpu: number,
  expectedMs: number,
  module: string,
  argument: string,
): Promise<Report> {
  const child = PinnedChild.start<object, Report>(arm, [cpu], nodeCommand(module, arm, argument));
  try {
    return await child.receive(START_MS + expectedMs);
  } finally {
    await child.stop();
  }
}
