/** Reads the memory limit of the control group, for the error line of a process that was killed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the file systems of the kernel are. */
export interface CgroupRoots {
  readonly procRoot?: string;
  readonly sysRoot?: string;
}

/** A larger number of version 1 stands for no limit. */
const NO_LIMIT = 2 ** 60;
const MIB = 1_048_576;

/**
 * What to know of a process that was ended by SIGKILL, in words that follow the sentence: the
 * kernel kills a process of a group that needs more memory than the group may have.
 */
export function killNote({ procRoot = '/proc', sysRoot = '/sys' }: CgroupRoots = {}): string {
  const limit = memoryLimit(procRoot, join(sysRoot, 'fs/cgroup'));
  return limit === undefined
    ? '; the kernel does that to a process when the machine has no memory left'
    : `; the kernel does that to a process beyond the memory limit of its cgroup, ${limit}`;
}

function memoryLimit(procRoot: string, mount: string): string | undefined {
  const membership = readOr(join(procRoot, 'self/cgroup'));
  const v2 = /^0::(.*)$/m.exec(membership)?.[1] ?? '/';
  const v1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(membership)?.[1] ?? '/';
  const limits = [
    ...foldersUp(v2).map((folder) => join(mount, folder, 'memory.max')),
    ...foldersUp(v1).map((folder) => join(mount, 'memory', folder, 'memory.limit_in_bytes')),
  ]
    .map((file) => Number.parseInt(readOr(file), 10))
    .filter((bytes) => bytes > 0 && bytes < NO_LIMIT);
  return limits.length === 0 ? undefined : `${Math.round(Math.min(...limits) / MIB)} MiB`;
}

/** A folder and all folders above it. */
function foldersUp(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return Array.from({ length: parts.length + 1 }, (_, drop) =>
    parts.slice(0, parts.length - drop).join('/'),
  );
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
