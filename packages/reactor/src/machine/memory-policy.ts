// Reads the NUMA memory policy of this process.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The kernel's policy for the memory of this process, as `numactl` sets it: `default`, or such as
 * `bind:0-1`; `null` where the kernel does not tell.
 */
export function memoryPolicy(procRoot = '/proc'): string | null {
  try {
    // A line: `7f1c06ffd000 bind:1 anon=16385 N1=16385 kernelpagesize_kB=4`. Mappings have the
    // policy of the process unless they were given one of their own.
    const [, policy = null] =
      /^[0-9a-f]+ (\S+)/.exec(readFileSync(join(procRoot, 'self/numa_maps'), 'utf8')) ?? [];
    return policy;
  } catch {
    return null;
  }
}
