// Tests of the plan for the memory of a server.
import { fakeMachine } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/doctor/machine.js';
import { planMemory } from '../../src/memory/memory-plan.js';
import { OPTIONS } from '../launch/bench.js';

const twoNodes = fakeMachine({ packages: 2, coresPerLlc: 2 });

/**
 * A machine with numactl, two nodes, and huge pages on request. `calls` records the arguments of
 * each program.
 */
function machine(changes: Partial<Machine> = {}, calls: string[][] = []): Machine {
  return {
    platform: 'linux',
    glibcVersion: '2.36',
    read: () => 'always [madvise] never',
    hasProgram: () => true,
    run: (name: string, args: readonly string[]) => {
      calls.push([name, ...args]);
      const nodes = args[0]?.replace('--membind=', '').replace('0-1', '0 1');
      return {
        ok: true,
        output: `policy: bind\nphyscpubind: 0 1 2 3 \nmembind: ${nodes} \npreferred: \n`,
      };
    },
    topology: async () => twoNodes,
    ...changes,
  } as unknown as Machine;
}

const BOTH = { hugePages: true, numactl: true };
const ONLY_NUMACTL = { hugePages: false, numactl: true };
// These tests are not about pinning. Without pinning every allowed CPU counts.
const UNPINNED = { ...OPTIONS, pin: 'off' } as const;

describe('planMemory', () => {
  it('starts the server with huge pages and numactl, and makes it check both', async () => {
    const calls: string[][] = [];
    const plan = await planMemory(BOTH, UNPINNED, machine({}, calls), {});
    expect(plan).toMatchObject({
      command: ['numactl', '--membind=0-1'],
      environment: { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' },
      wish: { hugePages: true, boundTo: [0, 1] },
    });
    expect(plan.notes.map(({ level }) => level)).toEqual(['info', 'info']);
    // The launcher tries numactl before it uses it.
    expect(calls).toEqual([['numactl', '--membind=0-1', '--show']]);
  });

  it('binds to the nodes of its allowed CPUs, and to no others', async () => {
    const allowed = { topology: async () => ({ ...twoNodes, allowedCpus: [2, 3] }) };
    const { command, wish } = await planMemory(ONLY_NUMACTL, UNPINNED, machine(allowed), {});
    expect([command, wish]).toEqual([
      ['numactl', '--membind=1'],
      { hugePages: false, boundTo: [1] },
    ]);
  });

  it.each<[string, Partial<Machine>, string, RegExp]>([
    [
      'has one node',
      { topology: async () => fakeMachine({ coresPerLlc: 2 }) },
      'info',
      /one NUMA node/,
    ],
    [
      'has no numactl',
      { hasProgram: () => false },
      'warn',
      /not used, because it is not in PATH; install the package numactl$/,
    ],
    ['is no Linux', { platform: 'darwin' }, 'warn', /it exists on Linux only and this is darwin$/],
    [
      'forbids it',
      {
        run: () => ({
          ok: false,
          output: 'set_mempolicy: Operation not permitted\nsetting membind\n',
        }),
      },
      'warn',
      /memory cannot be bound here \(set_mempolicy: Operation not permitted\)$/,
    ],
    [
      'binds elsewhere',
      { run: () => ({ ok: true, output: 'membind: 0 \n' }) },
      'warn',
      /bound to nodes 0-1, but numactl shows 0$/,
    ],
  ])(
    'starts the server without numactl where the machine %s, and says so',
    async (_, changes, level, line) => {
      const plan = await planMemory(ONLY_NUMACTL, UNPINNED, machine(changes), {});
      expect(plan).toMatchObject({ command: [], environment: {}, wish: undefined });
      expect(plan.notes).toEqual([{ level, text: expect.stringMatching(line) as string }]);
    },
  );

  it('leaves the error about impossible places to the server', async () => {
    const plan = await planMemory(ONLY_NUMACTL, { ...UNPINNED, reactors: 99 }, machine(), {});
    expect(plan).toEqual({ command: [], environment: {}, wish: undefined, notes: [] });
  });
});
