// Reads which CPUs of the machine are online.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseCpuList } from './cpu-list.js';

/** The CPUs that are online, ascending; `null` where the kernel does not report them. */
export function onlineCpus(sysRoot: string): readonly number[] | null {
  try {
    const path = join(sysRoot, 'devices/system/cpu/online');
    return parseCpuList(readFileSync(path, 'utf8'), path);
  } catch {
    return null;
  }
}
