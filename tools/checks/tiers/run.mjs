// `npm test [-- ARGUMENTS]`: runs the quick tiers of the tests. Where the arguments name files, the
// slow tier is searched for them too. `--all` runs every tier.
import { join } from 'node:path';
import { ROOT } from '../command.mjs';
import { QUICK_TIERS, TIERS } from './tiers.mjs';

const args = process.argv.slice(2);
const runsAll = args.includes('--all') || args.some((arg) => !arg.startsWith('-'));
// A run of all tiers looks longer for faults.
if (args.includes('--all')) process.env['FUZZ_SECONDS'] ??= '20';
const tiers = runsAll ? TIERS.map(({ name }) => name) : QUICK_TIERS;
process.argv.splice(
  2,
  Infinity,
  'run',
  ...tiers.map((name) => `--project=${name}`),
  ...args.filter((arg) => arg !== '--all'),
);
await import(join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'));
