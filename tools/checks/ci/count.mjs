// Counts the tests of a CI run and makes its last line.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ status: string, assertionResults: readonly { status: string }[] }} FileReport */

/**
 * Counts the tests in a report of the json reporter of vitest. A file that failed outside its
 * tests, in an import or a hook, counts as one failure.
 * @param {{ testResults: readonly FileReport[] } | undefined} report undefined if there is none
 * @returns {Counts}
 */
export function countTests(report) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of report?.testResults ?? []) {
    const failedBefore = counts.failed;
    for (const test of assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') counts.failed++;
      else counts.skipped++;
    }
    if (status === 'failed' && counts.failed === failedBefore) counts.failed++;
  }
  return counts;
}

/**
 * Adds up the counts of several runs.
 * @param {readonly Counts[]} runs
 * @returns {Counts}
 */
export function addCounts(runs) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of runs) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/**
 * Makes the verdict over the steps, which count as one test each, and the tests. A run with a bad
 * exit code has a failure even if no test failed. A run without a passed test is a failure too.
 * @param {readonly string[]} steps exit code of each step, or `skipped`
 * @param {number} testCode exit code of the tests
 * @param {Counts} tests
 * @returns {{ line: string, ok: boolean }}
 */
export function sumUp(steps, testCode, tests) {
  const unnamed = tests.failed === 0 && (testCode !== 0 || tests.passed === 0) ? 1 : 0;
  const passedSteps = steps.filter((step) => step === '0').length;
  const skippedSteps = steps.filter((step) => step === 'skipped').length;
  const passed = tests.passed + passedSteps;
  const failed = tests.failed + unnamed + steps.length - passedSteps - skippedSteps;
  const skipped = tests.skipped + skippedSteps;
  return {
    line: `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`,
    ok: failed === 0,
  };
}
