// Reads how long CPUs were idle.
import { readFileSync } from 'node:fs';

/** On Linux `/proc/stat` counts in hundredths of a second, whatever the tick of the kernel is. */
const NS_PER_TICK = 10_000_000;

/** The idle time of some CPUs since the start of the machine, as a sum in nanoseconds. */
export function readIdleNs(cpus: readonly number[], procRoot = '/proc'): number {
  const stat = readFileSync(`${procRoot}/stat`, 'utf8');
  return cpus.reduce((sum, cpu) => {
    // The fields are user, nice, system, idle, and idle while waiting for a disk.
    const fields = new RegExp(`^cpu${cpu} \\d+ \\d+ \\d+ (\\d+) (\\d+)`, 'm').exec(stat);
    if (fields === null) throw new Error(`${procRoot}/stat does not tell of CPU ${cpu}`);
    return sum + (Number(fields[1]) + Number(fields[2])) * NS_PER_TICK;
  }, 0);
}
