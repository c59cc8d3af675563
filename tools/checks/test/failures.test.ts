// Tests of the list of failed tests.
import { describe, expect, it } from 'vitest';
import { listFailures } from '../ci/failures.mjs';

const passed = { status: 'passed', fullName: 'a ring is empty', failureMessages: [] };
const failed = {
  status: 'failed',
  fullName: 'a ring is full',
  failureMessages: ['expected 1 to be 2\n  at ring.ts:1\n  at x'],
};

describe('the list of failures', () => {
  it('names each failed test, with the first lines of the reason', () => {
    const testResults = [
      { name: '/ring.test.ts', status: 'failed', assertionResults: [passed, failed] },
    ];

    expect(listFailures({ testResults }, 2)).toEqual([
      'FAILED /ring.test.ts > a ring is full\n  expected 1 to be 2\n    at ring.ts:1\n',
    ]);
  });

  it('names a file that failed outside of its tests', () => {
    const testResults = [
      {
        name: '/ring.test.ts',
        status: 'failed',
        message: 'no such module',
        assertionResults: [passed],
      },
    ];

    expect(listFailures({ testResults }, 2)).toEqual(['FAILED /ring.test.ts\n  no such module\n']);
  });

  it('is empty if all tests passed or there is no report', () => {
    const testResults = [
      { name: '/ring.test.ts', status: 'passed', message: '', assertionResults: [passed] },
    ];

    expect([listFailures({ testResults }, 2), listFailures(undefined, 2)]).toEqual([[], []]);
  });
});
