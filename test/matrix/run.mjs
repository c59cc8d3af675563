// `npm run test:matrix [-- FOLDER]`: on newer Nodes, the contract and the conformance of every
// transport, and the calls of the system. The Nodes come out of the npm registry or its cache. Ends
// with 0 where all passed, 1 where not, and with a loud line for each Node that could not be had.
// With a folder it leaves a report there for each Node.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAJORS = [22, 24, 26];
const SUITES = [
  'test/contract',
  'test/conformance',
  'packages/system/test',
  'packages/reactor/test/machine/affinity',
];
const FETCH_MS = 120_000;

const root = fileURLToPath(new URL('../../', import.meta.url));
const [, , reports] = process.argv;

/**
 * Runs a newer Node.
 * @param {number} major
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
function runNode(major, args, options) {
  const packageName = `node-${process.platform}-${process.arch}@${major}`;
  return spawnSync(
    'npx',
    ['--yes', '--prefer-offline', '-p', packageName, '--', 'node', ...args],
    options,
  );
}

/** @param {number} major */
function versionOf(major) {
  const { status, stdout } = runNode(major, ['-p', 'process.versions.node'], { timeout: FETCH_MS });
  return status === 0 ? String(stdout).trim() : undefined;
}

let failures = 0;
for (const major of MAJORS) {
  const version = versionOf(major);
  if (version === undefined) {
    console.error(
      `test:matrix SKIPPING Node ${major}: it could not be fetched from the npm registry`,
    );
    continue;
  }
  console.log(`test:matrix on Node ${version}`);
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...SUITES,
    '--reporter=default',
    '--reporter=./test/support/left-out/closing-table.ts',
    ...(reports === undefined
      ? []
      : ['--reporter=json', `--outputFile.json=${join(reports, `node-${major}.json`)}`]),
  ];
  if (runNode(major, args, { cwd: root, stdio: 'inherit' }).status !== 0) failures += 1;
}
process.exitCode = failures === 0 ? 0 : 1;
