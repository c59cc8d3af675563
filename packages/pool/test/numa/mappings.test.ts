// Tests of the reader of memory mappings.
import { describe, expect, it } from 'vitest';
import { mappingsWithin } from '../../src/numa/mappings.js';

const entry = (range: string, figures: Readonly<Record<string, number>>): string =>
  [
    `${range} rw-p 00000000 00:00 0 `,
    'Size:              65540 kB',
    ...Object.entries({ KernelPageSize: 4, AnonHugePages: 0, THPeligible: 0, ...figures }).map(
      ([name, value]) =>
        `${name}: ${String(value).padStart(8)}${name === 'THPeligible' ? '' : ' kB'}`,
    ),
    'VmFlags: rd wr mr mw me ac ',
  ].join('\n');

const SMAPS = [
  entry('1000-5000', {}),
  entry('5000-9000', { AnonHugePages: 2_048, THPeligible: 1 }),
  entry('7f0000000000-7f0000400000', { KernelPageSize: 2_048, Private_Hugetlb: 4_096 }),
].join('\n');

const NUMA_MAPS = [
  '1000 default anon=4 dirty=4 N0=1 N1=3 kernelpagesize_kB=4',
  '5000 bind:1 anon=4 dirty=4 active=0 N1=4 kernelpagesize_kB=4',
  '7f0000000000 default huge anon=2 dirty=2 N0=2 kernelpagesize_kB=2048',
].join('\n');

describe('mappingsWithin', () => {
  it('counts bytes by node and on huge pages', () => {
    expect(mappingsWithin(SMAPS, NUMA_MAPS, 0, 2 ** 47)).toEqual([
      {
        start: 0x1000,
        end: 0x5000,
        bytesByNode: { 0: 4_096, 1: 12_288 },
        hugeBytes: 0,
        hugeAllowed: false,
      },
      {
        start: 0x5000,
        end: 0x9000,
        bytesByNode: { 1: 16_384 },
        hugeBytes: 2 ** 21,
        hugeAllowed: true,
      },
      {
        start: 0x7f0000000000,
        end: 0x7f0000400000,
        bytesByNode: { 0: 2 ** 22 },
        hugeBytes: 2 ** 22,
        hugeAllowed: true,
      },
    ]);
  });

  it.each([
    ['a part of one', 0x2000, 0x3000, [0x1000]],
    ['what lies over a border', 0x4fff, 0x5001, [0x1000, 0x5000]],
    ['up to a border, not beyond', 0x1000, 0x5000, [0x1000]],
    ['a hole', 0x9000, 0x10000, []],
  ])('finds the mappings of %s', (_, from, to, starts) => {
    expect(mappingsWithin(SMAPS, NUMA_MAPS, from, to).map(({ start }) => start)).toEqual(starts);
  });

  it('reports no nodes if the kernel knows none', () => {
    expect(mappingsWithin(SMAPS, '', 0x1000, 0x2000)).toMatchObject([
      { bytesByNode: {}, hugeBytes: 0 },
    ]);
  });
});
