import type { Machine } from '../doctor/machine.js';
import type { MemoryNote } from './memory-note.js';

/**
 * First version of the GNU C library whose allocator asks the kernel for huge pages when told to.
 */
const GLIBC_FLOOR = [2, 35] as const;

const MODE_FILE = '/sys/kernel/mm/transparent_hugepage/enabled';
const TUNABLE = 'glibc.malloc.hugetlb';

/** How the server process is to get huge pages. */
export interface HugePagesPlan {
  readonly environment: Readonly<Record<string, string>>;
  /** Whether they can be expected. */
  readonly expected: boolean;
  readonly note: MemoryNote;
}

/**
 * Finds out how shared memory gets on huge pages here, without native code: the allocator of the C
 * library asks for them.
 */
export function planHugePages(machine: Machine, tunables: string | undefined): HugePagesPlan {
  const refuse = (reason: string): HugePagesPlan => ({
    environment: {},
    expected: false,
    note: { level: 'warn', text: `huge pages: none: ${reason}` },
  });
  if (machine.platform !== 'linux')
    return refuse(`they are offered on Linux only, this is ${machine.platform}`);
  const modes = machine.read(MODE_FILE);
  if (modes === undefined) return refuse(`${MODE_FILE} cannot be read`);
  const mode = /\[(\w+)\]/.exec(modes)?.[1] ?? modes;
  if (mode === 'never') return refuse(`${MODE_FILE} says never; write madvise to it`);
  if (mode === 'always') {
    return {
      environment: {},
      expected: true,
      note: { level: 'info', text: 'huge pages: the kernel gives them to all' },
    };
  }
  const { glibcVersion } = machine;
  if (glibcVersion === undefined)
    return refuse('the C library is not that of GNU, which can ask for them');
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
