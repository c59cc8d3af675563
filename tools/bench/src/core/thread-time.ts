// Reads the CPU time of threads and processes.
import { readdirSync, readFileSync } from 'node:fs';

/** The CPU time of one thread since its start, in nanoseconds. */
export interface ThreadTime {
  readonly ranNs: number;
  /**
   * Time in which the thread was ready to run but another thread ran; 0 if the kernel does not
   * tell.
   */
  readonly waitedNs: number;
}

/** The CPU use of one or several processes over a stretch of time. */
export interface ProcessLoad {
  /** CPU time of all threads, in nanoseconds. */
  readonly cpuNs: number;
  /** Share of the time that the busiest thread ran, 0..1. */
  readonly busiestShare: number;
  /** Share of the time that this thread was ready to run and waited for its CPU, 0..1. */
  readonly waitedShare: number;
}

/**
 * The unit of `/proc` if a kernel has no scheduler statistics: a hundredth of a second on Linux.
 */
const NS_PER_TICK = 10_000_000;

/**
 * Reads the time of every thread of some processes, by thread id.
 * @throws if a process has ended
 */
export function readThreadTimes(
  pids: readonly number[],
  procRoot = '/proc',
): Map<number, ThreadTime> {
  const times = new Map<number, ThreadTime>();
  for (const pid of pids) {
    const tasks = `${procRoot}/${pid}/task`;
    for (const thread of readdirSync(tasks)) {
      const time = readThreadTime(`${tasks}/${thread}`);
      if (time !== null) times.set(Number(thread), time);
    }
  }
  return times;
}

function readThreadTime(folder: string): ThreadTime | null {
  const schedule = readOrNull(`${folder}/schedstat`);
  if (schedule !== null) {
    const [ran = 0, waited = 0] = schedule.split(' ').map(Number);
    return { ranNs: ran, waitedNs: waited };
  }
  // The name of the thread, in parentheses, may contain blanks. User time and system time are
  // fields 14 and 15 of the line.
  const stat = readOrNull(`${folder}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { ranNs: (Number(fields[11]) + Number(fields[12])) * NS_PER_TICK, waitedNs: 0 };
}

/** A thread may end between the listing and the reading. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * The load between two readings, taken `wallNs` apart. A thread that started in between counts from
 * its start.
 */
export function loadBetween(
  before: ReadonlyMap<number, ThreadTime>,
  after: ReadonlyMap<number, ThreadTime>,
  wallNs: number,
): ProcessLoad {
  let cpuNs = 0;
  let busiest: ThreadTime = { ranNs: 0, waitedNs: 0 };
  for (const [thread, time] of after) {
    const start = before.get(thread);
    const ranNs = time.ranNs - (start?.ranNs ?? 0);
    cpuNs += ranNs;
    if (ranNs > busiest.ranNs)
      busiest = { ranNs, waitedNs: time.waitedNs - (start?.waitedNs ?? 0) };
  }
  return { cpuNs, busiestShare: busiest.ranNs / wallNs, waitedShare: busiest.waitedNs / wallNs };
}
