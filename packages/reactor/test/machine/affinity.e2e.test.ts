// Tests of binding threads to CPUs.
import { leaveOutIf, leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';

import { currentThreadId, KernelAffinity, TasksetAffinity } from '../../src/machine/index.js';
import { writeTree } from './fake-tree.js';

describe.each([
  ['TasksetAffinity', new TasksetAffinity(), 'npm test, where taskset and two CPUs are there'],
  ['KernelAffinity', new KernelAffinity(), 'npm run test:matrix, which runs Node 26'],
])('%s, with real threads', (name, real, command) => {
  const home = real.available.ok ? real.read(real.currentThreadId()) : [];
  const [first, second] = home;
  const whyNot = !real.available.ok
    ? real.available.reason
    : second === undefined
      ? `only CPU ${String(first)} is allowed`
      : undefined;
  const isLeftOut = leaveOutIf(whyNot !== undefined, {
    what: `pinning real threads with ${name}`,
    reason: whyNot ?? '',
    command,
  });
  const [one, other] = [[first ?? 0], [second ?? 0]];

  describe.skipIf(isLeftOut)('on two CPUs', () => {
    afterEach(() => {
      real.pin(real.currentThreadId(), home);
    });

    test('pins this thread and sets it free again', () => {
      const self = real.currentThreadId();
      for (const cpus of [one, other, home]) {
        real.pin(self, cpus);
        expect(real.read(self)).toEqual(cpus);
      }
    });

    test('a worker is born on the CPUs of the thread that starts it, and stays there', async () => {
      const self = real.currentThreadId();
      for (const cpus of [one, other]) {
        real.pin(self, cpus);
        const worker = new Worker(BORN, { eval: true });
        real.pin(self, home);
        const [birth] = (await once(worker, 'message')) as [{ threadId: number; status: string }];
        expect(birth.threadId).not.toBe(self);
        expect(birth.status).toContain(`Cpus_allowed_list:\t${String(cpus[0])}\n`);
        expect(real.read(birth.threadId)).toEqual(cpus);
        expect(real.read(self)).toEqual(home);

        const ended = once(worker, 'exit');
        worker.postMessage('end');
        await ended;
        expect(() => real.read(birth.threadId)).toThrow(
          expect.objectContaining({ code: 'HIOLOAD_AFFINITY_FAILED' }),
        );
      }
    });

    test('a CPU that the machine lacks is refused in clear words, and nothing changes', () => {
      const self = real.currentThreadId();
      expect(() => real.pin(self, [4095])).toThrow(
        expect.objectContaining({
          code: 'HIOLOAD_AFFINITY_FAILED',
          message: expect.stringMatching(
            new RegExp(
              `^thread ${String(self)} cannot be pinned to CPUs 4095: ` +
                '(taskset|sched_setaffinity) .*; it runs on CPUs [0-9,-]+$',
            ),
          ),
        }),
      );
      expect(real.read(self)).toEqual(home);
    });

    test('a thread of another process is refused, and stays on its CPUs', () => {
      const cpusOfParent = (): string =>
        /^Cpus_allowed_list:.*$/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))![0];
      const before = cpusOfParent();
      for (const threadId of [process.ppid, 2 ** 30]) {
        expect(() => {
          real.pin(threadId, one);
        }).toThrow(`thread ${threadId} is not one of this process`);
        expect(() => real.read(threadId)).toThrow(`thread ${threadId} is not one of this process`);
      }
      expect(cpusOfParent()).toBe(before);
    });
  });
});

/** Reports its thread and CPUs, then waits for a message to end. */
const BORN = `
  const { readFileSync, readlinkSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  parentPort.once('message', () => parentPort.close());
  parentPort.postMessage({ threadId, status: readFileSync('/proc/thread-self/status', 'utf8') });
`;

// A folder stands for /proc and a script for taskset, so that a test can produce cases that the
// kernel would not.
describe.skipIf(leaveOutUnlessLinux('a taskset of ours'))(
  'TasksetAffinity, with a taskset of ours',
  () => {
    test('fails if the thread runs on other CPUs than requested', () => {
      const { affinity } = fakeLinux({ taskset: 'exit 0', allowed: '0-3' });
      expect(affinity.available).toEqual({ ok: true });
      expect(() => affinity.pin(77, [1, 2])).toThrow(
        expect.objectContaining({
          code: 'HIOLOAD_AFFINITY_FAILED',
          message: 'thread 77 cannot be pinned to CPUs 1-2: it was found on CPUs 0-3',
        }),
      );
    });

    test('gives list and thread to taskset, and believes the kernel', () => {
      const { affinity } = fakeLinux({
        taskset:
          `[ "$1 $2 $3" = "-pc 0-1,3 77" ] && printf 'Cpus_allowed_list:\\t0-1,3\\n' > ` +
          '"$ROOT/proc/self/task/77/status"',
        allowed: '0-3',
      });
      affinity.pin(77, [3, 0, 1]);
      expect(affinity.read(77)).toEqual([0, 1, 3]);
    });

    test('does not miss CPUs that are offline, whether the kernel keeps them or not', () => {
      for (const kept of ['0-1', '0-7']) {
        const { affinity } = fakeLinux({ taskset: 'exit 0', allowed: kept, online: '0-1' });
        expect(() => {
          affinity.pin(77, [0, 1, 6, 7]);
        }).not.toThrow();
      }
    });

    test('reports the output of a failed taskset, and where the thread runs', () => {
      const { affinity } = fakeLinux({
        taskset: 'echo "not permitted" >&2; echo more >&2; exit 3',
        allowed: '0-3',
      });
      expect(() => affinity.pin(77, [1])).toThrow(
        'thread 77 cannot be pinned to CPUs 1: taskset ended with exit code 3 (not permitted); ' +
          'it runs on CPUs 0-3',
      );
    });

    test('says that a signal ended taskset', () => {
      const { affinity } = fakeLinux({ taskset: 'kill -TERM $$', allowed: '0-3' });
      expect(() => affinity.pin(77, [1])).toThrow(
        'taskset ended with SIGTERM; it runs on CPUs 0-3',
      );
    });

    test('refuses an empty list of CPUs, and a thread of another process', () => {
      const { affinity } = fakeLinux({ taskset: 'exit 0', allowed: '0-3' });
      expect(() => affinity.pin(77, [])).toThrow('the list must name at least one CPU');
      expect(() => affinity.pin(78, [1])).toThrow('thread 78 is not one of this process');
      expect(affinity.currentThreadId()).toBe(77);
    });

    test('is unavailable without taskset, without /proc and off Linux, and says why', () => {
      const { path, procRoot } = fakeLinux({ taskset: 'exit 0', allowed: '0-3' });
      const cases: [ConstructorParameters<typeof TasksetAffinity>[0], RegExp][] = [
        [{ platform: 'linux', procRoot, path: join(procRoot, 'none') }, /no taskset in PATH/],
        [{ platform: 'linux', procRoot, path: '' }, /no taskset in PATH/],
        [
          { platform: 'linux', path, procRoot: join(procRoot, 'none') },
          /thread-self does not tell/,
        ],
        [{ platform: 'darwin', path, procRoot }, /on Linux only, this is darwin/],
      ];
      for (const [options, reason] of cases) {
        const { available } = new TasksetAffinity(options);
        expect(available).toEqual({ ok: false, reason: expect.stringMatching(reason) });
        expect(() => {
          new TasksetAffinity(options).pin(77, [0]);
        }).toThrow(reason);
      }
    });
  },
);

interface FakeLinux {
  readonly affinity: TasksetAffinity;
  readonly path: string;
  readonly procRoot: string;
}

/**
 * A process with one thread, 77. `taskset` is a shell script, in which `$ROOT` is the folder that
 * holds `proc`.
 */
function fakeLinux(shows: { taskset: string; allowed: string; online?: string }): FakeLinux {
  const { taskset, allowed, online = '0-3' } = shows;
  const { root, sysRoot, procRoot } = writeTree({
    'bin/taskset': '',
    'proc/self/task/77/status': `Cpus_allowed_list:\t${allowed}\n`,
    'sys/devices/system/cpu/online': `${online}\n`,
  });
  const path = join(root, 'bin');
  writeFileSync(join(path, 'taskset'), `#!/bin/sh\nROOT='${root}'\n${taskset}\n`);
  chmodSync(join(path, 'taskset'), 0o755);
  symlinkSync('1/task/77', join(procRoot, 'thread-self'));
  return {
    affinity: new TasksetAffinity({ platform: 'linux', path, sysRoot, procRoot }),
    path,
    procRoot,
  };
}

describe('currentThreadId', () => {
  test('is null if no file names it', () => {
    expect(currentThreadId('/nowhere')).toBeNull();
  });

  test.skipIf(leaveOutUnlessLinux('the id of a thread'))(
    'is the id of the process on its main thread',
    () => {
      expect(currentThreadId()).toBe(process.pid);
    },
  );
});
