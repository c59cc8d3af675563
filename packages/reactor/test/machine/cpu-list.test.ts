// Tests of the parser of CPU lists.
import { HioloadError } from '@hioload/api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatCpuList, MAX_CPU_ID, parseCpuList } from '../../src/machine/index.js';

describe('parseCpuList', () => {
  test.each([
    ['', []],
    ['\n', []],
    ['0', [0]],
    ['0-3,8,10-11\n', [0, 1, 2, 3, 8, 10, 11]],
    ['5-5', [5]],
    ['8,0-2,1', [0, 1, 2, 8]],
    ['0-15:2/4', [0, 1, 4, 5, 8, 9, 12, 13]],
    ['3-9:1/3,20', [3, 6, 9, 20]],
    ['0-5:2/4', [0, 1, 4, 5]],
    [String(MAX_CPU_ID), [MAX_CPU_ID]],
  ])('reads %j', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });

  test.each([
    'x',
    '0-',
    '-1',
    '0-3,',
    ',1',
    '0,,1',
    '3-1',
    '0 1',
    '0x3',
    '1.5',
    '0-7:2',
    '0-7:0/4',
    '0-7:5/4',
    '0-7:1/0',
    '7:1/2',
    '0-4294967295',
    '99999999999999999999',
    'ffffffff,ffffffff',
  ])('rejects %j', (text) => {
    const parse = (): number[] => parseCpuList(text, '/sys/some/file');
    expect(parse).toThrow(HioloadError);
    expect(parse).toThrow(expect.objectContaining({ code: 'HIOLOAD_CPU_LIST_INVALID' }));
    expect(parse).toThrow('/sys/some/file');
  });

  test('names the text and the part that is wrong', () => {
    expect(() => parseCpuList('0-3,9-7')).toThrow('CPU list "0-3,9-7": "9-7" runs backwards');
  });

  test('shows only the beginning of a long text', () => {
    expect(() => parseCpuList('garbage '.repeat(100_000))).toThrow(/^.{1,300}$/);
  });
});

describe('formatCpuList', () => {
  test.each([
    [[], ''],
    [[7], '7'],
    [[0, 1], '0-1'],
    [[0, 1, 2, 3, 8, 10, 11], '0-3,8,10-11'],
    [[3, 1, 2, 3, 1], '1-3'],
  ])('writes %j', (cpus, text) => {
    expect(formatCpuList(cpus)).toBe(text);
  });

  test('writes a text that is read back as the same ids', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(300)), (cpus) => {
        expect(parseCpuList(formatCpuList(cpus))).toEqual([...cpus].sort((a, b) => a - b));
      }),
    );
  });
});
