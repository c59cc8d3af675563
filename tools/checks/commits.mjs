// The part of `npm run check` that reads the subjects of the commits: `area: what changes`.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The last commit before the rule. */
const SINCE = '263043f38ac6ce5caf7a0b72bc0c2e8d28c75e21';
const MOST_COLUMNS = 72;
const SUBJECT = /^[a-z][a-z0-9/-]*(, [a-z][a-z0-9/-]*)*: \S/;
const run = promisify(execFile);

/**
 * Finds commits whose message does not follow CONTRIBUTING.md. The check ignores merge commits.
 * Where the history is missing, as in a shallow clone or an archive, the check says so and passes.
 * @param {string} root
 * @param {string} since the commit before the first commit to check
 * @returns {Promise<import('./command.mjs').Outcome>}
 */
export async function checkCommits(root, since = SINCE) {
  /** @param {string[]} args */
  const git = (...args) => run('git', ['-C', root, ...args], { maxBuffer: 64 * 1024 * 1024 });
  try {
    await git('merge-base', '--is-ancestor', since, 'HEAD');
  } catch {
    return { ok: true, report: 'commits: SKIPPED, because the git history is missing' };
  }
  const { stdout } = await git('log', '--no-merges', '--format=%h%n%B%x00', `${since}..HEAD`);
  const found = stdout
    .split('\0')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .flatMap((entry) => {
      const end = entry.indexOf('\n');
      return faultsOf(entry.slice(end + 1)).map((fault) => `${entry.slice(0, end)}: ${fault}`);
    });
  return { ok: found.length === 0, report: found.join('\n') };
}

/**
 * @param {string} message of one commit
 * @returns {string[]} what is wrong with it
 */
export function faultsOf(message) {
  const [subject = '', second = ''] = message.split('\n');
  const faults = [];
  if (!SUBJECT.test(subject)) faults.push('the subject must be "area: what changes"');
  const columns = Array.from(subject).length;
  if (columns > MOST_COLUMNS)
    faults.push(`the subject must have at most ${MOST_COLUMNS} columns, not ${columns}`);
  if (second !== '') faults.push('the second line must be empty');
  return faults.map((fault) => `${fault}; got ${JSON.stringify(subject)}`);
}
