// Tests of the checks of `hioload doctor`.
import type { Topology } from '@hioload/api';
import { fakeMachine } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { CPU_CHECKS } from '../../src/doctor/cpu-checks.js';
import { type Diagnosis, examine } from '../../src/doctor/check.js';
import { KERNEL_CHECKS } from '../../src/doctor/kernel-checks.js';
import type { Machine } from '../../src/doctor/machine.js';
import { RUNTIME_CHECKS } from '../../src/doctor/runtime-checks.js';

/** A healthy machine. Tests change parts of it. */
const WELL: Machine = {
  platform: 'linux',
  nodeVersion: '20.19.0',
  abi: '115',
  glibcVersion: '2.36',
  read: filesystem({}),
  hasProgram: () => true,
  run: () => ({ ok: true, output: '' }),
  topology: async () => fakeMachine({ coresPerLlc: 4 }),
  affinity: () => ({ ok: true }),
  loadTransport: async () => ({ ok: true, text: 'uWebSockets.js 20' }),
};

function limits(soft: string, hard: string): string {
  const titles = 'Limit                     Soft Limit           Hard Limit           Units';
  return `${titles}\nMax open files            ${soft.padEnd(20)} ${hard.padEnd(20)} files`;
}

/** The files of a healthy machine, with changed ones by path. */
function filesystem(changed: Readonly<Record<string, string | undefined>>): Machine['read'] {
  const files: Readonly<Record<string, string | undefined>> = {
    '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never',
    '/proc/self/limits': limits('1048576', '1048576'),
    '/proc/sys/net/ipv4/tcp_migrate_req': '1',
    '/proc/sys/net/core/somaxconn': '4096',
    ...changed,
  };
  return (path) => files[path];
}

async function diagnose(changes: Partial<Machine>, name: string): Promise<Diagnosis> {
  const diagnoses = await examine({ ...WELL, ...changes }, [
    ...RUNTIME_CHECKS,
    ...CPU_CHECKS,
    ...KERNEL_CHECKS,
  ]);
  const found = diagnoses.find((diagnosis) => diagnosis.name === name);
  if (found === undefined) throw new Error(`no check is called ${name}`);
  return found;
}

const onMachine = (topology: Topology): Partial<Machine> => ({ topology: async () => topology });
const without = (program: string): Partial<Machine> => ({ hasProgram: (name) => name !== program });
const twoNodes = fakeMachine({ packages: 2, coresPerLlc: 2 });

describe('checks', () => {
  it('find nothing wrong with a healthy machine', async () => {
    const diagnoses = await examine(WELL, [...RUNTIME_CHECKS, ...CPU_CHECKS, ...KERNEL_CHECKS]);
    expect(diagnoses.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it('give one sentence of advice each', async () => {
    for (const { advice } of await examine(WELL, [
      ...RUNTIME_CHECKS,
      ...CPU_CHECKS,
      ...KERNEL_CHECKS,
    ])) {
      expect(advice).toMatch(/^[A-Z`/].*\.$/);
    }
  });

  it.each<[string, Partial<Machine>, string, string]>([
    ['node', { nodeVersion: '20.18.9' }, 'fail', '20.18.9'],
    ['node', { nodeVersion: '18.20.0' }, 'fail', '18.20.0'],
    ['node', { nodeVersion: '22.0.0' }, 'ok', '22.0.0'],
    ['node', { nodeVersion: '24.1.0' }, 'ok', '24.1.0'],
    ['libc', { glibcVersion: undefined }, 'warn', 'no glibc'],
    ['libc', { platform: 'darwin', glibcVersion: undefined }, 'ok', 'darwin'],
    [
      'transport',
      { loadTransport: async () => ({ ok: false, text: 'no binary' }) },
      'warn',
      'net: no binary',
    ],
    [
      'taskset',
      { ...without('taskset'), affinity: () => ({ ok: false, reason: 'no taskset' }) },
      'warn',
      'not in PATH',
    ],
    ['taskset', without('taskset'), 'ok', 'not needed'],
    [
      'taskset',
      { affinity: () => ({ ok: false, reason: '/proc/thread-self does not tell' }) },
      'warn',
      'found, but /proc/thread-self does not tell',
    ],
    ['taskset', { ...without('taskset'), platform: 'darwin' }, 'ok', 'not needed'],
    ['numactl', without('numactl'), 'ok', 'not in PATH'],
    ['numactl', { ...without('numactl'), ...onMachine(twoNodes) }, 'warn', 'not in PATH'],
    [
      'cpuset',
      onMachine(fakeMachine({ coresPerLlc: 4, allowedCpus: [1, 2] })),
      'ok',
      'CPUs 1-2 of 4',
    ],
    [
      'cpu quota',
      onMachine(fakeMachine({ coresPerLlc: 4, cpuQuota: 1.5 })),
      'warn',
      '1.5 CPUs of time',
    ],
    ['cpu quota', onMachine(fakeMachine({ coresPerLlc: 4, cpuQuota: 4 })), 'ok', '4 CPUs of time'],
    [
      'memory',
      onMachine(fakeMachine({ coresPerLlc: 4, memoryLimitBytes: 2 ** 29 })),
      'warn',
      '0.5 GiB',
    ],
    ['numa', onMachine(twoNodes), 'ok', '2 nodes'],
    [
      'huge pages',
      {
        read: filesystem({
          '/sys/kernel/mm/transparent_hugepage/enabled': 'always madvise [never]',
        }),
      },
      'warn',
      'never',
    ],
    [
      'huge pages',
      {
        read: filesystem({
          '/sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never',
        }),
      },
      'ok',
      'always',
    ],
    [
      'open files',
      { read: filesystem({ '/proc/self/limits': limits('1024', '4096') }) },
      'warn',
      'soft 1024, hard 4096',
    ],
    [
      'open files',
      { read: filesystem({ '/proc/self/limits': limits('1024', 'unlimited') }) },
      'ok',
      'soft 1024, hard unlimited',
    ],
    [
      'open files',
      { read: filesystem({ '/proc/self/limits': 'garbled' }) },
      'warn',
      'unknown: /proc/self/limits has no line on open files',
    ],
    [
      'open files',
      { read: filesystem({ '/proc/self/limits': limits('1024', '65536') }) },
      'warn',
      'soft 1024, hard 65536',
    ],
    ['open files', { read: filesystem({ '/proc/self/limits': undefined }) }, 'warn', 'unknown'],
    [
      'tcp_migrate_req',
      { read: filesystem({ '/proc/sys/net/ipv4/tcp_migrate_req': '0' }) },
      'warn',
      '0',
    ],
    [
      'tcp_migrate_req',
      { read: filesystem({ '/proc/sys/net/ipv4/tcp_migrate_req': undefined }) },
      'ok',
      'unknown',
    ],
    ['somaxconn', { read: filesystem({ '/proc/sys/net/core/somaxconn': '128' }) }, 'warn', '128'],
  ])('%s: %j', async (name, changes, verdict, found) => {
    expect(await diagnose(changes, name)).toMatchObject({ verdict, found });
  });

  it('warn of parts that they cannot look at, and go on', async () => {
    const topology = (): Promise<Topology> => Promise.reject(new Error('no /sys'));
    expect(await diagnose({ topology }, 'numa')).toMatchObject({
      verdict: 'warn',
      found: 'unknown: no /sys',
    });
    expect(await diagnose({ topology }, 'somaxconn')).toMatchObject({ verdict: 'ok' });
  });
});
