// Binds threads to CPUs with the program taskset.
import { type Affinity, HioloadError } from '@hioload/api';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { formatCpuList } from './cpu-list.js';
import { currentThreadId } from './current-thread.js';
import { onlineCpus } from './online-cpus.js';
import { allowedCpusOf } from './process-allowance.js';
import type { KernelRoots } from './sysfs-topology.js';

export interface TasksetAffinityOptions extends KernelRoots {
  /** Default: `process.platform`. */
  readonly platform?: NodeJS.Platform;
  /**
   * The folders that may hold `taskset`, joined as in the environment variable `PATH`. Default:
   * `PATH`.
   */
  readonly path?: string;
}

/** The time limit of one call of taskset, in milliseconds. A normal call takes a few. */
const TASKSET_TIMEOUT_MS = 5_000;

/**
 * Binds threads with the program `taskset` of util-linux or BusyBox, so that no native code is
 * needed. It reads back every binding. A call of `pin` blocks the calling thread for some
 * milliseconds: do not call it on an event loop that serves.
 */
export class TasksetAffinity implements Affinity {
  readonly available: Affinity['available'];
  readonly #taskset: string | undefined;
  readonly #sysRoot: string;
  readonly #procRoot: string;

  constructor(options: TasksetAffinityOptions = {}) {
    this.#sysRoot = options.sysRoot ?? '/sys';
    this.#procRoot = options.procRoot ?? '/proc';
    this.#taskset = findProgram('taskset', options.path ?? process.env['PATH'] ?? '');
    const reason = this.#whyUnavailable(options.platform ?? process.platform);
    this.available = reason === null ? { ok: true } : { ok: false, reason };
  }

  /** @throws HIOLOAD_AFFINITY_FAILED if `/proc` does not show the thread */
  currentThreadId(): number {
    const threadId = currentThreadId(this.#procRoot);
    if (threadId !== null) return threadId;
    throw new HioloadError(
      'HIOLOAD_AFFINITY_FAILED',
      `${this.#procRoot}/thread-self does not tell the thread id`,
    );
  }

  pin(threadId: number, cpus: readonly number[]): void {
    const asked = formatCpuList(cpus);
    const fail = (problem: string): HioloadError =>
      new HioloadError(
        'HIOLOAD_AFFINITY_FAILED',
        `thread ${String(threadId)} cannot be pinned to CPUs ${asked}: ${problem}`,
      );
    if (!this.available.ok) throw fail(this.available.reason);
    if (asked === '') throw fail('the list must name at least one CPU');
    // taskset would bind a thread of any process.
    this.read(threadId);

    const problem = this.#runTaskset(asked, threadId);
    const found = this.read(threadId);
    if (problem !== null) throw fail(`${problem}; it runs on CPUs ${formatCpuList(found)}`);
    // Some versions of the kernel keep offline CPUs in a mask, others drop them. Only online CPUs
    // count.
    const online = onlineCpus(this.#sysRoot);
    const isOnline = (cpu: number): boolean => online === null || online.includes(cpu);
    if (formatCpuList(found.filter(isOnline)) !== formatCpuList(cpus.filter(isOnline)))
      throw fail(`it was found on CPUs ${formatCpuList(found)}`);
  }

  read(threadId: number): readonly number[] {
    const path = join(this.#procRoot, 'self/task', String(threadId), 'status');
    let status;
    try {
      status = readFileSync(path, 'utf8');
    } catch (cause) {
      const problem = `thread ${String(threadId)} is not one of this process`;
      const message = `${problem}: ${path} cannot be read`;
      throw new HioloadError('HIOLOAD_AFFINITY_FAILED', message, { cause });
    }
    const cpus = allowedCpusOf(status, path);
    if (cpus === null)
      throw new HioloadError('HIOLOAD_AFFINITY_FAILED', `${path} does not tell the allowed CPUs`);
    return cpus;
  }

  /** @returns the problem, or `null` if the call succeeded */
  #runTaskset(cpuList: string, threadId: number): string | null {
    const { error, status, signal, stderr } = spawnSync(
      this.#taskset ?? '',
      ['-pc', cpuList, String(threadId)],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: TASKSET_TIMEOUT_MS,
      },
    );
    if (error !== undefined) return `taskset did not run: ${error.message}`;
    if (status === 0) return null;
    const said = stderr.trim().split('\n')[0] ?? '';
    const how = status === null ? String(signal) : `exit code ${String(status)}`;
    return `taskset ended with ${how}${said === '' ? '' : ` (${said})`}`;
  }

  #whyUnavailable(platform: NodeJS.Platform): string | null {
    if (platform !== 'linux') return `threads are bound on Linux only, this is ${platform}`;
    if (this.#taskset === undefined)
      return 'there is no taskset in PATH; the package util-linux has it';
    try {
      this.read(this.currentThreadId());
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function findProgram(name: string, path: string): string | undefined {
  const candidates = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
