// The parts of `npm run check`, each a name, a proof and a function.
import { join } from 'node:path';
import { checkColumns } from './columns.mjs';
import { ROOT, runCommand } from './command.mjs';
import { checkCommits } from './commits.mjs';
import { checkErrorsPage } from './docs/errors-page.mjs';
import { checkHeaders } from './headers.mjs';
import { checkLayers } from './layers/check.mjs';
import { reportSizes } from './sizes.mjs';
import { checkSkips } from './skips.mjs';
import { checkTiers } from './tiers/check.mjs';

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} proves one line for the summary
 * @property {() => Promise<import('./command.mjs').Outcome>} run
 */

/** What `npm run check` consists of, the slowest first. @type {readonly Part[]} */
export const PARTS = [
  {
    name: 'format',
    proves: 'prettier would change nothing',
    run: () => runCommand(['prettier', '--check', '--cache', '--log-level', 'warn', '.']),
  },
  {
    name: 'build',
    proves: 'every package builds against the built others',
    run: () => runCommand([process.execPath, join(ROOT, 'tools', 'setup', 'build.mjs')]),
  },
  {
    name: 'lint',
    proves: 'oxlint, with types',
    run: () => runCommand(['oxlint', '--format', 'unix']),
  },
  {
    name: 'layers',
    proves: 'who imports whom, no import cycle, doors only',
    run: () => checkLayers(ROOT),
  },
  {
    name: 'types',
    proves: 'sources and tests',
    run: () => runCommand(['tsc', '-p', 'tsconfig.json', '--pretty', 'false']),
  },
  {
    name: 'units',
    proves: 'the unit tests',
    run: () => runCommand(['vitest', 'run', '--project=unit', '--reporter=dot']),
  },
  { name: 'tiers', proves: 'each test file is in one tier', run: () => checkTiers(ROOT) },
  { name: 'pages', proves: 'generated pages are up to date', run: () => checkErrorsPage(ROOT) },
  { name: 'skips', proves: 'no test is left out without a reason', run: () => checkSkips(ROOT) },
  {
    name: 'columns',
    proves: 'no line is longer than 100 columns',
    run: () => checkColumns(ROOT),
  },
  {
    name: 'headers',
    proves: 'every file opens with a sentence on what it is for',
    run: () => checkHeaders(ROOT),
  },
  {
    name: 'commits',
    proves: 'every commit has a subject "area: what changes" of at most 72 columns',
    run: () => checkCommits(ROOT),
  },
  {
    name: 'sizes',
    proves: 'files above 300 lines are listed (never fails)',
    run: () => reportSizes(ROOT),
  },
];
