// Tests of the huge page settings of the kernel.
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/doctor/machine.js';
import { planHugePages } from '../../src/memory/huge-pages.js';

const machine = (modes: string | undefined, changes: Partial<Machine> = {}): Machine =>
  ({
    platform: 'linux',
    glibcVersion: '2.36',
    read: () => modes,
    ...changes,
  }) as unknown as Machine;
const MADVISE = 'always [madvise] never';

describe('planHugePages', () => {
  it('adds its setting for the C library to the settings that exist', () => {
    const plan = planHugePages(machine(MADVISE), undefined);
    expect(plan).toMatchObject({
      expected: true,
      environment: { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' },
    });
    const { environment } = planHugePages(
      machine(MADVISE),
      'glibc.malloc.check=1:glibc.malloc.hugetlb=0',
    );
    expect(environment).toEqual({ GLIBC_TUNABLES: 'glibc.malloc.check=1:glibc.malloc.hugetlb=1' });
  });

  it('does nothing if the kernel gives huge pages to all processes', () => {
    const plan = planHugePages(machine('[always] madvise never'), 'x=1');
    expect(plan).toMatchObject({ expected: true, environment: {}, note: { level: 'info' } });
  });

  it.each([
    [
      'never',
      machine('always madvise [never]'),
      /^huge pages: not used, because \S+ says never; write madvise to this file$/,
    ],
    ['no such file', machine(undefined), /^huge pages: not used, because \S+ cannot be read$/],
    [
      'an old glibc',
      machine(MADVISE, { glibcVersion: '2.31' }),
      /glibc 2\.31 cannot ask for them; 2\.35 or later can$/,
    ],
    ['an old glibc of one digit', machine(MADVISE, { glibcVersion: '2.4' }), /glibc 2\.4 cannot/],
    [
      'another C library',
      machine(MADVISE, { glibcVersion: undefined }),
      /only the GNU C library can ask for them, and this is another$/,
    ],
    [
      'another system',
      machine(MADVISE, { platform: 'darwin' }),
      /only Linux offers them and this is darwin$/,
    ],
  ])('says in one line that there are none with %s', (_, found, line) => {
    const plan = planHugePages(found, undefined);
    expect(plan).toMatchObject({ expected: false, environment: {}, note: { level: 'warn' } });
    expect(plan.note.text).toMatch(line);
  });

  it.each(['2.35', '2.41', '3.0'])('takes glibc %s', (glibcVersion) => {
    expect(planHugePages(machine(MADVISE, { glibcVersion }), undefined).expected).toBe(true);
  });
});
