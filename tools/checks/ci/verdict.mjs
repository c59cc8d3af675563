// `node verdict.mjs TEST_CODE STEP,STEP REPORT...`: prints the last line of .ci/run, and says by its exit code how it went: 0 all
// passed, 1 not all. A step is the exit code of something that counts as one, or `skipped`.
import { readFileSync } from 'node:fs';
import { addCounts, countTests, sumUp } from './count.mjs';

const [testCode, steps = '', ...reports] = process.argv.slice(2);
const counts = addCounts(reports.map((report) => countTests(read(report))));
const { line, ok } = sumUp(steps.split(','), Number(testCode), counts);
process.stdout.write(`${line}\n`);
process.exitCode = ok ? 0 : 1;

/** @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    process.stdout.write(`ci: the tests left no report: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}
