// Runs tiers of the tests, with the arguments of vitest behind `--`.
// `npm test`: the quick tiers, and the slow one too where the arguments name files.
// `npm run test:slow` (--slow): the slow tier. `npm run test:all` (--all): every tier.
import { join } from 'node:path';
import { ROOT } from '../command.mjs';
import { QUICK_TIERS, TIERS } from './tiers.mjs';

const OWN_FLAGS = ['--all', '--slow'];
const given = process.argv.slice(2);
const args = given.filter((arg) => !OWN_FLAGS.includes(arg));
// A run of every tier looks longer for faults.
if (given.includes('--all')) process.env['FUZZ_SECONDS'] ??= '20';
process.argv.splice(
  2,
  Infinity,
  'run',
  ...chosenTiers().map((name) => `--project=${name}`),
  ...args,
);
await import(join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'));

/** @returns {readonly string[]} */
function chosenTiers() {
  const all = TIERS.map(({ name }) => name);
  if (given.includes('--slow')) return all.filter((name) => !QUICK_TIERS.includes(name));
  return given.includes('--all') || args.some((arg) => !arg.startsWith('-')) ? all : QUICK_TIERS;
}
