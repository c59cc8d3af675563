// Describes the machine on which numbers were measured.
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';

/** The machine on which the numbers were measured. */
export interface MeasuredMachine {
  readonly cpuModel: string;
  readonly cpus: number;
  readonly kernel: string;
  /**
   * Frequency governor of the used CPU; `null` if the system does not name it, as in most virtual
   * machines.
   */
  readonly governor: string | null;
  readonly memoryBytes: number;
  readonly node: string;
  readonly v8: string;
}

/** Describes this machine. The governor is that of `cpu`. */
export function describeMachine(cpu: number): MeasuredMachine {
  const all = cpus();
  return {
    cpuModel: all[0]?.model.trim() ?? 'unknown',
    cpus: all.length,
    kernel: `${type()} ${release()}`,
    governor: readGovernor(cpu),
    memoryBytes: totalmem(),
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

/** Describes the machine and its runtime in two lines. */
export function describeMachineText(machine: MeasuredMachine): string {
  const governor = machine.governor ?? 'not told';
  const memory = `${Math.round(machine.memoryBytes / 2 ** 30)} GiB`;
  return [
    `machine   ${machine.cpuModel}, ${machine.cpus} CPUs, ${memory}, ${machine.kernel}, ` +
      `governor ${governor}`,
    `runtime   Node ${machine.node}, V8 ${machine.v8}`,
  ].join('\n');
}

function readGovernor(cpu: number): string | null {
  try {
    return readFileSync(
      `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_governor`,
      'utf8',
    ).trim();
  } catch {
    return null;
  }
}
