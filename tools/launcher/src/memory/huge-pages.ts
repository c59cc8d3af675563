/** Decides how the shared memory of the server gets huge pages on this machine. */
import type { Machine } from '../doctor/machine.js';
import type { MemoryNote } from './memory-note.js';

/** First version of the GNU C library that can ask the kernel for huge pages. */
const GLIBC_FLOOR = [2, 35] as const;

const MODE_FILE = '/sys/kernel/mm/transparent_hugepage/enabled';
const TUNABLE = 'glibc.malloc.hugetlb';

/** How the server process gets huge pages. */
export interface HugePagesPlan {
  /** Variables to add to the environment of the server process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the server can expect huge pages. */
  readonly expected: boolean;
  readonly note: MemoryNote;
}

/**
 * Finds out how shared memory gets huge pages on this machine. The framework needs no native code:
 * the allocator of the C library asks the kernel for huge pages.
 * @param tunables the variable GLIBC_TUNABLES of the launcher
 */
export function planHugePages(machine: Machine, tunables: string | undefined): HugePagesPlan {
  const refuse = (reason: string): HugePagesPlan => ({
    environment: {},
    expected: false,
    note: { level: 'warn', text: `huge pages: not used, because ${reason}` },
  });
  if (machine.platform !== 'linux')
    return refuse(`only Linux offers them and this is ${machine.platform}`);
  const modes = machine.read(MODE_FILE);
  if (modes === undefined) return refuse(`${MODE_FILE} cannot be read`);
  const mode = /\[(\w+)\]/.exec(modes)?.[1] ?? modes;
  if (mode === 'never') return refuse(`${MODE_FILE} says never; write madvise to this file`);
  if (mode === 'always') {
    return {
      environment: {},
      expected: true,
      note: { level: 'info', text: 'huge pages: the kernel gives them to every process' },
    };
  }
  const { glibcVersion } = machine;
  if (glibcVersion === undefined)
    return refuse('only the GNU C library can ask for them, and this is another');
  if (!isAtLeast(glibcVersion, GLIBC_FLOOR)) {
    return refuse(
      `glibc ${glibcVersion} cannot ask for them; ${GLIBC_FLOOR.join('.')} or later can`,
    );
  }
  const given = tunables === undefined || tunables === '' ? [] : tunables.split(':');
  const others = given.filter((tunable) => !tunable.startsWith(`${TUNABLE}=`));
  const environment = { GLIBC_TUNABLES: [...others, `${TUNABLE}=1`].join(':') };
  return {
    environment,
    expected: true,
    note: { level: 'info', text: `huge pages: glibc ${glibcVersion} asks for them` },
  };
}

function isAtLeast(version: string, [leastMajor, leastMinor]: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
