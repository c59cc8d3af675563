// Tests of the real C library, on a Node that can call it.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { openLibc } from '../src/index.js';

const door = openLibc();
const isLeftOut = leaveOutIf(!door.ok, {
  what: 'calls of the C library',
  reason: door.ok ? '' : door.reason,
  command: 'npm run test:matrix, which runs them on Node 26',
});

describe.skipIf(isLeftOut)('Libc', () => {
  const libc = door.ok ? door.libc : undefined!;
  const self = isLeftOut ? 0 : libc.gettid();
  const home = isLeftOut ? [] : libc.schedGetAffinity(self);

  afterEach(() => {
    libc.schedSetAffinity(self, home);
  });

  test('gettid returns the id that /proc shows', () => {
    expect(readlinkSync('/proc/thread-self').endsWith(`/task/${self}`)).toBe(true);
  });

  test('sched_setaffinity binds the thread, and /proc shows the same CPUs', () => {
    for (const cpu of home) {
      libc.schedSetAffinity(self, [cpu]);
      expect(libc.schedGetAffinity(self)).toEqual([cpu]);
      const status = readFileSync('/proc/thread-self/status', 'utf8');
      expect(status).toContain(`Cpus_allowed_list:\t${cpu}\n`);
    }
  });

  test('a refused call names the call, the values, the number and its meaning', () => {
    expect(() => {
      libc.schedSetAffinity(self, [8_191]);
    }).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_SYSTEM_CALL',
        message:
          `sched_setaffinity of thread ${self} to CPUs 8191 failed: EINVAL (22), ` +
          'invalid argument',
      }),
    );
    expect(() => libc.schedGetAffinity(2 ** 30)).toThrow(
      `sched_getaffinity of thread ${2 ** 30} failed: ESRCH (3), no such process`,
    );
  });

  test('isOwnThread knows the threads of this process', () => {
    expect(libc.isOwnThread(self)).toBe(true);
    expect(libc.isOwnThread(process.ppid)).toBe(false);
    expect(libc.isOwnThread(2 ** 30)).toBe(false);
    expect(libc.isOwnThread(0)).toBe(false);
    expect(libc.isOwnThread(-1)).toBe(false);
  });

  test('madvise marks shared memory for huge pages', () => {
    const memory = new SharedArrayBuffer(64 * 2 ** 20);
    const marked = (): number =>
      (readFileSync('/proc/self/smaps', 'utf8').match(/^VmFlags:.* hg( |$)/gm) ?? []).length;
    const before = marked();
    libc.madviseHugePages(memory);
    expect(marked()).toBe(before + 1);
    // The memory is in use until here.
    expect(memory.byteLength).toBe(64 * 2 ** 20);
  });

  test('mbind binds shared memory to a node, and refuses a node that does not exist', () => {
    const memory = new SharedArrayBuffer(64 * 2 ** 20);
    if (hasNuma()) {
      libc.mbind(memory, [0]);
      expect(readFileSync('/proc/self/numa_maps', 'utf8')).toMatch(/ bind:0( |$)/m);
    }
    expect(() => {
      libc.mbind(memory, [1_000]);
    }).toThrow(/^mbind of \d+ bytes to nodes 1000 failed: (EINVAL|ENOSYS) /);
  });
});

/** Whether the kernel was built with NUMA. */
function hasNuma(): boolean {
  try {
    return readFileSync('/proc/self/numa_maps', 'utf8') !== '';
  } catch {
    return false;
  }
}
