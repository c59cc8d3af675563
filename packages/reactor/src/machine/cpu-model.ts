// Reads the model name of the CPUs.
import { join } from 'node:path';

import { readText } from './kernel-files.js';

/** Names of ARM processors by implementer and part, because ARM64 kernels report no name. */
const ARM_PARTS: Readonly<Record<string, string>> = {
  '0x41/0xd03': 'ARM Cortex-A53',
  '0x41/0xd08': 'ARM Cortex-A72',
  '0x41/0xd0b': 'ARM Cortex-A76',
  '0x41/0xd0c': 'ARM Neoverse-N1',
  '0x41/0xd40': 'ARM Neoverse-V1',
  '0x41/0xd49': 'ARM Neoverse-N2',
  '0x41/0xd4f': 'ARM Neoverse-V2',
  '0x41/0xd83': 'ARM Neoverse-V3AE',
  '0x41/0xd84': 'ARM Neoverse-V3',
  '0x41/0xd8e': 'ARM Neoverse-N3',
  '0x48/0xd01': 'HiSilicon Kunpeng-920',
  '0x61/0x022': 'Apple M1',
  '0xc0/0xac3': 'Ampere-1',
  '0xc0/0xac4': 'Ampere-1a',
};

/**
 * The name of the processor, from `cpuinfo` or from the device tree of a board. `unknown CPU` if
 * neither holds a name.
 */
export async function readCpuModel(procRoot: string): Promise<string> {
  const cpuinfo = (await readText(join(procRoot, 'cpuinfo'))) ?? '';
  const board = (await readText(join(procRoot, 'device-tree/model')))?.replaceAll('\0', '').trim();
  return (
    // x86; MIPS and LoongArch; POWER; old ARM boards
    field(cpuinfo, 'model name') ??
    field(cpuinfo, 'cpu model') ??
    field(cpuinfo, 'cpu') ??
    armPart(cpuinfo) ??
    field(cpuinfo, 'Hardware') ??
    (board === undefined || board === '' ? 'unknown CPU' : board)
  );
}

function armPart(cpuinfo: string): string | undefined {
  const implementer = field(cpuinfo, 'CPU implementer');
  const part = field(cpuinfo, 'CPU part');
  if (implementer === undefined || part === undefined) return undefined;
  return ARM_PARTS[`${implementer}/${part}`] ?? `ARM implementer ${implementer} part ${part}`;
}

function field(cpuinfo: string, name: string): string | undefined {
  const value = new RegExp(`^${name}[ \\t]*:(.*)$`, 'm').exec(cpuinfo)?.[1]?.trim();
  return value === '' ? undefined : value;
}
