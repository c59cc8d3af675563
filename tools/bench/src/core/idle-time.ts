// Reads how long CPUs were idle.
import { readFileSync } from 'node:fs';

/** `/proc/stat` counts in hundredths of a second on Linux, whatever the tick of the kernel. */
const NS_PER_TICK = 10_000_000;

/** The idle time of some CPUs since the start of the machine, added up, in nanoseconds. */
export function readIdleNs(cpus: readonly number[], procRoot = '/proc'): number {
  const stat = readFileSync(`${procRoot}/stat`, 'utf8');
  return cpus.reduce((sum, cpu) => {
    // user, nice, system, idle, and what is idle but waits for a disk.
    const fields = new RegExp(`^cpu${cpu} \\d+ \\d+ \\d+ (\\d+) (\\d+)`, 'm').exec(stat);
    if (fields === null) throw new Error(`${procRoot}/stat does not tell of CPU ${cpu}`);
    return sum + (Number(fields[1]) + Number(fields[2])) * NS_PER_TICK;
  }, 0);
}
