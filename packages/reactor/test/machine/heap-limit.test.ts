// Tests of the heap limit of V8.
import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { grantedHeapMb, v8FlagMb } from '../../src/machine/heap-limit.js';

describe('a flag of V8', () => {
  it.each<[string, string | undefined, string[], number | undefined]>([
    ['is not set', undefined, [], undefined],
    ['is set in NODE_OPTIONS', '--max-old-space-size=128', [], 128],
    ['is written with underscores', '--inspect --max_old_space_size=96', [], 96],
    ['has its value in the next word', '--max-old-space-size 512', [], 512],
    ['is overridden by the command line', '--max-old-space-size=1', ['--max-old-space-size=2'], 2],
    ['is set twice', '--max-old-space-size=1 --max-old-space-size=3', [], 3],
    ['is 0, which stands for the default', '--max-old-space-size=0', [], undefined],
    ['is another one', '--max-semi-space-size=64', [], undefined],
  ])('%s', (_, options, execArgv, value) => {
    const env = options === undefined ? {} : { NODE_OPTIONS: options };
    expect(v8FlagMb('max-old-space-size', { execArgv, env })).toBe(value);
  });
});

it('leaves the young generation out of the heap that V8 grants', () => {
  expect(grantedHeapMb(176 * 2 ** 20, 48)).toBe(128);
  const { heap_size_limit: limit } = getHeapStatistics();
  expect(grantedHeapMb()).toBeLessThanOrEqual(Math.round(limit / 2 ** 20));
});
