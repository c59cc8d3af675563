// Tests of the count of tests and of the verdict of a CI run.
import { describe, expect, it } from 'vitest';
import { addCounts, countTests, sumUp } from '../ci/count.mjs';

const file = (status: string, ...tests: readonly string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('the count of tests', () => {
  it('counts a test that did not run as skipped', () => {
    const testResults = [
      file('passed', 'passed', 'passed', 'pending'),
      file('failed', 'failed', 'passed', 'skipped', 'todo'),
    ];

    expect(countTests({ testResults })).toEqual({ passed: 3, failed: 1, skipped: 3 });
  });

  it('counts a file that failed outside of its tests as one failure', () => {
    expect(countTests({ testResults: [file('failed'), file('failed', 'skipped')] })).toEqual({
      passed: 0,
      failed: 2,
      skipped: 1,
    });
  });
});

it('adds up the counts of several runs', () => {
  const runs = [
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ];
  expect([addCounts(runs), addCounts([])]).toEqual([
    { passed: 11, failed: 22, skipped: 33 },
    { passed: 0, failed: 0, skipped: 0 },
  ]);
});

describe('the verdict', () => {
  const good = { passed: 5, failed: 0, skipped: 0 };

  it.each([
    ['all passed', ['0', '0'], 0, good, '7 passed, 0 failed', true],
    [
      'some were skipped',
      ['0', '0'],
      0,
      { ...good, skipped: 2 },
      '7 passed, 0 failed, 2 skipped',
      true,
    ],
    [
      'a step was skipped',
      ['0', 'skipped'],
      0,
      { ...good, skipped: 2 },
      '6 passed, 0 failed, 3 skipped',
      true,
    ],
    ['a test failed', ['0'], 1, { ...good, failed: 1 }, '6 passed, 1 failed', false],
    ['the first step failed', ['1', '0'], 0, good, '6 passed, 1 failed', false],
    ['the last step failed', ['0', '124'], 0, good, '6 passed, 1 failed', false],
    ['a step left no code', ['0', ''], 0, good, '6 passed, 1 failed', false],
    ['the run failed and no test did', ['0'], 124, good, '6 passed, 1 failed', false],
    ['no test ran', ['0'], 0, { passed: 0, failed: 0, skipped: 0 }, '1 passed, 1 failed', false],
    [
      'only skipped tests',
      ['0'],
      0,
      { passed: 0, failed: 0, skipped: 3 },
      '1 passed, 1 failed, 3 skipped',
      false,
    ],
  ] as const)('when %s', (_when, steps, testCode, tests, line, ok) => {
    expect(sumUp(steps, testCode, tests)).toEqual({ line, ok });
  });
});
