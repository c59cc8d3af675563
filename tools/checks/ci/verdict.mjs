// `node verdict.mjs TEST_CODE NAME=STEP,NAME=STEP REPORT...`: names what failed, prints the last
// line of .ci/run, and says by its exit code how it went: 0 all passed, 1 not all. A step is the
// exit code of something that counts as one, or `skipped`.
import { readFileSync } from 'node:fs';
import { addCounts, countTests, sumUp } from './count.mjs';
import { listFailures } from './failures.mjs';

/** Enough lines for an assertion and its difference, and few enough for a dozen failures. */
const LINES_PER_FAILURE = 20;

const [testCode, steps = '', ...reports] = process.argv.slice(2);
const runs = reports.map(read);
const counts = addCounts(runs.map(countTests));
const named = steps.split(',').map((step) => step.split('='));
const codes = named.map(([, code = '']) => code);
const { line, ok } = sumUp(codes, Number(testCode), counts);
for (const failure of runs.flatMap((run) => listFailures(run, LINES_PER_FAILURE)))
  process.stdout.write(failure);
for (const [name, code] of named) {
  if (code !== '0' && code !== 'skipped')
    process.stdout.write(`FAILED ${name} with exit code ${code}\n`);
}
if (testCode !== '0') process.stdout.write(`FAILED the tests with exit code ${testCode}\n`);
process.stdout.write(`${line}\n`);
process.exitCode = ok ? 0 : 1;

/** @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    process.stdout.write(
      `ci: the tests left no report: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return undefined;
  }
}
