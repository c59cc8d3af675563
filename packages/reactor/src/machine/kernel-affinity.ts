// Binds threads to CPUs by a system call, which needs no program.
import { type Affinity, HioloadError } from '@hioload/api';
import { type Libc, type LibcDoor, openLibc } from '@hioload/system';

import { formatCpuList } from './cpu-list.js';
import { onlineCpus } from './online-cpus.js';

export interface KernelAffinityOptions {
  /** Default: the C library of this process. */
  readonly libc?: LibcDoor;
  /** Where `/sys` is, for tests. */
  readonly sysRoot?: string;
}

/**
 * Binds threads by `sched_setaffinity(2)`, in some microseconds and without a program. It reads
 * back every binding. It needs `node:ffi`, which Node 26.1 and newer have.
 */
export class KernelAffinity implements Affinity {
  readonly available: Affinity['available'];
  readonly #libc: Libc | null;
  readonly #sysRoot: string;

  constructor({ libc = openLibc(), sysRoot = '/sys' }: KernelAffinityOptions = {}) {
    this.#libc = libc.ok ? libc.libc : null;
    this.#sysRoot = sysRoot;
    this.available = libc.ok ? { ok: true } : libc;
  }

  currentThreadId(): number {
    return this.#open('the calling thread has no known id').gettid();
  }

  pin(threadId: number, cpus: readonly number[]): void {
    const asked = formatCpuList(cpus);
    const problem = `thread ${threadId} cannot be pinned to CPUs ${asked}`;
    const libc = this.#open(problem);
    if (asked === '') throw failed(`${problem}: the list must name at least one CPU`);
    this.#requireOwn(libc, threadId);
    try {
      libc.schedSetAffinity(threadId, cpus);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const where = formatCpuList(libc.schedGetAffinity(threadId));
      throw failed(`${problem}: ${why}; it runs on CPUs ${where}`, cause);
    }
    // The kernel leaves out the CPUs that are offline or outside of the cpuset.
    const found = libc.schedGetAffinity(threadId);
    const online = onlineCpus(this.#sysRoot) ?? cpus;
    const missing = cpus.filter((cpu) => online.includes(cpu) && !found.includes(cpu));
    if (missing.length > 0)
      throw failed(`${problem}: it was found on CPUs ${formatCpuList(found)}`);
  }

  read(threadId: number): readonly number[] {
    const libc = this.#open(`the CPUs of thread ${threadId} are unknown`);
    this.#requireOwn(libc, threadId);
    try {
      return libc.schedGetAffinity(threadId);
    } catch (cause) {
      throw failed(cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  #open(problem: string): Libc {
    if (this.#libc !== null) return this.#libc;
    throw failed(`${problem}: ${this.available.ok ? '' : this.available.reason}`);
  }

  #requireOwn(libc: Libc, threadId: number): void {
    if (!libc.isOwnThread(threadId)) throw failed(`thread ${threadId} is not one of this process`);
  }
}

function failed(message: string, cause?: unknown): HioloadError {
  return new HioloadError('HIOLOAD_AFFINITY_FAILED', message, cause === undefined ? {} : { cause });
}
