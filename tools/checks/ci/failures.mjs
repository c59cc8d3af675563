// Lists the tests that failed, for the end of a CI log.

/**
 * @typedef {object} FileReport
 * @property {string} name absolute path of the file
 * @property {string} status
 * @property {string} [message] what failed outside of its tests
 * @property {readonly { status: string, fullName: string, failureMessages?: readonly string[] |
 * null }[]} assertionResults
 */

/**
 * Lists the failed tests in a report of the json reporter of vitest. The list is for the end of a
 * log, which a reader sees first.
 * @param {{ testResults: readonly FileReport[] } | undefined} report undefined if there is none
 * @param {number} lines how much of each message is shown
 * @returns {string[]} a text for each test that failed, and for each file that failed outside of
 * its tests
 */
export function listFailures(report, lines) {
  /** @type {string[]} */
  const failures = [];
  for (const { name, status, message = '', assertionResults } of report?.testResults ?? []) {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    for (const { fullName, failureMessages } of failed) {
      failures.push(
        `FAILED ${name} > ${fullName}\n${shorten(failureMessages?.join('\n') ?? '', lines)}`,
      );
    }
    if (status === 'failed' && failed.length === 0)
      failures.push(`FAILED ${name}\n${shorten(message, lines)}`);
  }
  return failures;
}

/**
 * @param {string} message
 * @param {number} lines
 */
function shorten(message, lines) {
  return message
    .split('\n', lines)
    .map((line) => `  ${line}\n`)
    .join('');
}
