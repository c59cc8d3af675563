// Tests of the check that commits have a subject which names their area.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkCommits, faultsOf } from '../commits.mjs';
import { plant } from './tree.js';

const LONG = `pool: ${'x'.repeat(67)}`;

describe('the check of commit messages', () => {
  it.each([
    'pool: give each thread one set of pools',
    'pool, transport: draw from one set of pools\n\nA transport made its own.',
    'test/e2e: start one server for all cases\n',
  ])('lets pass %j', (message) => {
    expect(faultsOf(message)).toEqual([]);
  });

  it.each([
    ['Give each thread one set of pools', 'the subject must be "area: what changes"'],
    ['pool:give each thread one set', 'the subject must be "area: what changes"'],
    [LONG, 'the subject must have at most 72 columns, not 73'],
    ['pool: lend blocks\nA transport made its own.', 'the second line must be empty'],
  ])('finds %j', (message, fault) => {
    const subject = JSON.stringify(message.split('\n')[0]);
    expect(faultsOf(message)).toEqual([`${fault}; got ${subject}`]);
  });

  it('reads the commits since the given one, without merges', async () => {
    const { root, commit, git } = repository();
    commit('Begin without a rule');
    const since = git('rev-parse', 'HEAD');
    git('checkout', '-q', '-b', 'side');
    commit('pool: lend blocks');
    commit('Lend more blocks');
    git('checkout', '-q', 'main');
    git('merge', '-q', '--no-ff', '-m', 'Merge the side', 'side');

    const outcome = await checkCommits(root, since);

    expect(outcome.ok).toBe(false);
    expect(outcome.report).toMatch(/^[0-9a-f]+: the subject must be .*; got "Lend more blocks"$/);
  });

  it('passes and says so when the commit to start from is not there', async () => {
    const { root, commit } = repository();
    commit('Begin without a rule');

    const outcome = await checkCommits(root, '1'.repeat(40));

    expect(outcome).toEqual({ ok: true, report: expect.stringMatching(/^commits: SKIPPED/) });
  });

  it('passes and says so outside of a repository', async () => {
    const outcome = await checkCommits(plant({ 'package.json': '{}' }));

    expect(outcome).toEqual({ ok: true, report: expect.stringMatching(/^commits: SKIPPED/) });
  });
});

/** A new repository, which is removed when the test ends. */
function repository() {
  const root = plant({ 'package.json': '{}' });
  const identity = ['-c', 'user.name=tester', '-c', 'user.email=tester@localhost'];
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', root, ...identity, ...args], { encoding: 'utf8' }).trim();
  git('init', '-q', '-b', 'main');
  const commit = (message: string): string =>
    git('commit', '-q', '--allow-empty', '--no-gpg-sign', '-m', message);
  return { root, git, commit };
}
