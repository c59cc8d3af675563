// `npm run test:mutants [-- --seed=N] [--only=TEXT] [--tree=FOLDER]`: plants one fault after the
// other into a copy of the tree and expects the tests of the quick tiers to fail. It ends with a
// table, and with 1 where a fault was not noticed or its text is no longer in the sources. The seed
// decides the order. With a folder, that checkout is judged instead of this one.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { MUTANTS } from './mutants.mjs';

/** Ends a run of the tests in which a fault makes one hang. */
const LIMIT_MS = 300_000;
const QUICK_TIERS = ['unit', 'contract', 'conformance', 'e2e'];

/** @param {string} name */
const option = (name) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);

const tree = resolve(option('tree') ?? join(import.meta.dirname, '..', '..'));
const seed = Number(option('seed') ?? Date.now() % 2 ** 31);
const chosen = inOrderOf(
  seed,
  MUTANTS.filter(({ name }) => name.includes(option('only') ?? '')),
);

const copy = mkdtempSync(join(tmpdir(), 'hioload-mutants-'));
try {
  copyTree();
  const rows = judgeAll();
  process.stdout.write(`\nseed ${seed} repeats this order\n`);
  for (const { verdict, name, by } of rows)
    process.stdout.write(
      `${verdict.padEnd(11)} ${name}${by === '' ? '' : `\n            by ${by}`}\n`,
    );
  process.exitCode = rows.every(({ verdict }) => verdict === 'caught') ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function judgeAll() {
  const paths = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const sound = runTests(paths);
  if (sound.failed.length > 0 || sound.passed === 0) {
    const why = sound.failed.join('\n') || 'no test ran';
    throw new Error(`the tests must pass before a fault is planted:\n${why}`);
  }
  return chosen.map((mutant) => {
    const outcome = { name: mutant.name, ...judge(mutant) };
    process.stdout.write(`${outcome.verdict}: ${outcome.name}\n`);
    return outcome;
  });
}

/**
 * @param {import('./mutants.mjs').Mutant} mutant
 * @returns {{ verdict: 'caught' | 'NOT CAUGHT' | 'NOT FOUND', by: string }}
 */
function judge({ where, find, replace, tests }) {
  const holders = sourcesBelow(join(copy, where)).filter((file) =>
    readFileSync(file, 'utf8').includes(find),
  );
  const [file = ''] = holders;
  const source = holders.length === 1 ? readFileSync(file, 'utf8') : '';
  if (source.split(find).length !== 2)
    return { verdict: 'NOT FOUND', by: `${find} must occur once below ${where}` };
  writeFileSync(
    file,
    source.replace(find, () => replace),
  );
  try {
    const { failed } = runTests(tests);
    return { verdict: failed.length > 0 ? 'caught' : 'NOT CAUGHT', by: failed[0] ?? '' };
  } finally {
    writeFileSync(file, source);
  }
}

/**
 * Runs tests of the quick tiers in the copy, up to the first that fails.
 * @param {readonly string[]} paths
 * @returns {{ passed: number, failed: string[] }} names of the tests that failed
 */
function runTests(paths) {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const hasTiers = readFileSync(join(copy, 'vitest.config.ts'), 'utf8').includes('projects');
  const args = [
    'run',
    '--bail=1',
    '--reporter=json',
    `--outputFile=${report}`,
    ...(hasTiers ? QUICK_TIERS.map((name) => `--project=${name}`) : []),
    ...paths,
  ];
  spawnSync(process.execPath, [join(copy, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: copy,
    stdio: 'ignore',
    timeout: LIMIT_MS,
  });
  // A fault can make a test hang: that is noticed too.
  if (!existsSync(report)) return { passed: 0, failed: ['a test that did not end'] };
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  let passed = 0;
  /** @type {string[]} */
  const failed = [];
  for (const { name, status, message, assertionResults } of testResults) {
    const file = name.replace(`${copy}/`, '');
    const before = failed.length;
    for (const test of assertionResults) {
      if (test.status === 'passed') passed++;
      if (test.status === 'failed') failed.push(`${file}: ${test.fullName}`);
    }
    if (status === 'failed' && failed.length === before) failed.push(`${file}: ${message}`);
  }
  return { passed, failed };
}

/** Copies what git knows of the tree, and links what is installed. */
function copyTree() {
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  for (const file of stdout.split('\0')) {
    if (file === '' || !existsSync(join(tree, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(tree, file), join(copy, file));
  }
  linkModules('.');
  for (const group of ['packages', 'apps', 'tools', 'test']) {
    for (const folder of ['.', ...readdirSync(join(tree, group))]) linkModules(join(group, folder));
  }
}

/**
 * Links the modules of a folder. The packages of the workspace are linked to those of the copy.
 * @param {string} folder
 */
function linkModules(folder) {
  const from = join(tree, folder, 'node_modules');
  if (!existsSync(from)) return;
  const to = join(copy, folder, 'node_modules');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === '@hioload')
      cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else if (!name.startsWith('.vite')) symlinkSync(join(from, name), join(to, name));
  }
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Shuffles by a seed (mulberry32).
 * @template T
 * @param {number} number
 * @param {readonly T[]} list
 * @returns {T[]}
 */
function inOrderOf(number, list) {
  const shuffled = [...list];
  let state = number | 0;
  for (let i = shuffled.length - 1; i > 0; i--) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const j = ((mixed ^ (mixed >>> 14)) >>> 0) % (i + 1);
    const other = /** @type {T} */ (shuffled[j]);
    shuffled[j] = /** @type {T} */ (shuffled[i]);
    shuffled[i] = other;
  }
  return shuffled;
}
