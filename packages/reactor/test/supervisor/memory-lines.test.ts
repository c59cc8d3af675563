// Tests of the log lines about the memory of reactors.
import type { MemoryReport, NumaPoolReport } from '@hioload/api';
import { FakeLogger } from '@hioload/fake';
import { beforeEach, describe, expect, it } from 'vitest';
import { announceMemory, type MemoryFindings } from '../../src/supervisor/memory-lines.js';

const MIB = 2 ** 20;

const lies = (
  byNode: Readonly<Record<number, number>>,
  hugeMib = 0,
  hugeAllowed = false,
): MemoryReport => ({
  known: true,
  bytes: 14 * MIB,
  mappedBytes: 16 * MIB,
  bytesByNode: Object.fromEntries(Object.entries(byNode).map(([node, mib]) => [node, mib * MIB])),
  hugeBytes: hugeMib * MIB,
  hugeAllowed,
});

/** Reports of reactors; reactor i is on node i. */
function reportsOf(...memories: readonly MemoryReport[]): readonly NumaPoolReport[] {
  return memories.map((memory, node) => ({ home: { cpus: [node], node }, memory }));
}

let log: FakeLogger;
beforeEach(() => {
  log = new FakeLogger();
});

function announce(findings: Partial<MemoryFindings>): void {
  announceMemory(
    { wish: undefined, pinned: true, policy: 'default', reports: [], ...findings },
    log,
  );
}

describe('announceMemory', () => {
  it('says on which node each slab lies', () => {
    announce({ reports: reportsOf(lies({ 0: 14 }), lies({ 0: 2, 1: 14 })) });
    expect(log.messages('info')).toEqual([
      'memory: reactor 0: slab of 14.0 MiB on node 0, 0.0 MiB of it on huge pages',
      'memory: reactor 1: slab of 14.0 MiB on node 1, 0.0 MiB of it on huge pages',
    ]);
    expect(log.messages('warn')).toEqual([]);
  });

  it('reports no more huge pages than the slab has, though its mapping has more', () => {
    announce({ reports: reportsOf(lies({ 0: 14 }, 16)) });
    expect(log.messages('info')).toEqual([
      'memory: reactor 0: slab of 14.0 MiB on node 0, 14.0 MiB of it on huge pages',
    ]);
  });

  it('warns of a slab on another node', () => {
    announce({ reports: reportsOf(lies({ 0: 10, 1: 4 })) });
    expect(log.messages('warn')).toEqual([
      'memory: reactor 0: slab of 14.0 MiB: 4.0 MiB of it lie outside of node 0',
    ]);
  });

  it('expects no node of reactors that are not pinned', () => {
    announce({ pinned: false, reports: reportsOf(lies({ 1: 14 }, 12)) });
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'memory: reactor 0: slab of 14.0 MiB, 12.0 MiB of it on huge pages'],
    ]);
  });

  it.each([
    [
      'the kernel has none',
      lies({ 0: 14 }, 0, true),
      'not on huge pages: the kernel found none free',
    ],
    [
      'they are not allowed',
      lies({ 0: 14 }),
      'not on huge pages: the kernel does not allow them for this memory',
    ],
  ])('warns if huge pages were requested and %s', (_, memory, warning) => {
    announce({ wish: { hugePages: true, boundTo: null }, reports: reportsOf(memory) });
    expect(log.messages('warn')).toEqual([`memory: reactor 0: slab of 14.0 MiB: ${warning}`]);
  });

  it('does not warn about requested huge pages', () => {
    announce({
      wish: { hugePages: true, boundTo: null },
      reports: reportsOf(lies({ 0: 14 }, 12, true)),
    });
    expect(log.messages('warn')).toEqual([]);
  });

  it.each([
    ['bind:0-1', 'info', 'memory: bound to node 0-1, as the kernel confirms'],
    [
      'default',
      'warn',
      'memory: should be bound to node 0-1, but the kernel reports the policy default',
    ],
    [
      'bind:1',
      'warn',
      'memory: should be bound to node 0-1, but the kernel reports the policy bind:1',
    ],
    [null, 'warn', 'memory: should be bound to node 0-1, but the kernel reports no policy'],
  ] as const)(
    'compares the policy %s with the nodes that were asked for',
    (policy, level, line) => {
      announce({ wish: { hugePages: false, boundTo: [0, 1] }, policy });
      expect(log.messages(level)).toEqual([line]);
    },
  );

  it('gives the reason if the node is unknown', () => {
    announce({ reports: reportsOf({ known: false, reason: '/proc is not there' }) });
    expect(log.messages('warn')).toEqual([
      'memory: reactor 0: the node of its slab is unknown: /proc is not there',
    ]);
  });
});
