// Reads the NUMA memory policy of this process.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The policy of the kernel for the memory of this process, which `numactl` can set. Examples are
 * `default` and `bind:0-1`. `null` if the kernel does not report a policy.
 */
export async function memoryPolicy(procRoot = '/proc'): Promise<string | null> {
  try {
    // A line reads `7f1c06ffd000 bind:1 anon=16385 N1=16385 kernelpagesize_kB=4`. A mapping has the
    // policy of the process, unless a program gave the mapping its own policy.
    const text = await readFile(join(procRoot, 'self/numa_maps'), 'utf8');
    const [, policy = null] = /^[0-9a-f]+ (\S+)/.exec(text) ?? [];
    return policy;
  } catch {
    return null;
  }
}
