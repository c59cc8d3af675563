// Says which tier a test file belongs to; vitest.config.ts makes a project of each tier.

/** The suffix of a file in a package names its tier, as in `admin.contract.test.ts`. */
const SUFFIXES = ['contract', 'e2e', 'slow'];

/** In `test/` the folder names the tier, unless the suffix of the file is `.slow.test.ts`. */
const FOLDERS = {
  contract: ['contract', 'interleaving', 'litmus', 'model', 'net-conn', 'stress'],
  conformance: ['attacks', 'conformance', 'peers', 'protocol'],
  e2e: ['e2e', 'packages', 'readme', 'resilience'],
};

const OF_PACKAGES = '{packages,apps,tools}/*/test/**';

/**
 * @typedef {object} Tier
 * @property {string} name
 * @property {string[]} include globs of its files, from the root of the repository
 * @property {string[]} exclude
 */

/** The tiers, the quickest first. @type {readonly Tier[]} */
export const TIERS = [
  {
    name: 'unit',
    include: [`${OF_PACKAGES}/*.test.ts`],
    exclude: SUFFIXES.map((suffix) => `${OF_PACKAGES}/*.${suffix}.test.ts`),
  },
  tier('contract'),
  tier('conformance'),
  tier('e2e'),
  {
    name: 'slow',
    include: [`${OF_PACKAGES}/*.slow.test.ts`, 'test/**/*.slow.test.ts'],
    exclude: [],
  },
];

/** The tiers that `npm test` runs. */
export const QUICK_TIERS = ['unit', 'contract', 'conformance', 'e2e'];

/**
 * @param {keyof typeof FOLDERS} name
 * @returns {Tier}
 */
function tier(name) {
  return {
    name,
    include: [
      `${OF_PACKAGES}/*.${name}.test.ts`,
      ...FOLDERS[name].map((folder) => `test/${folder}/**/*.test.ts`),
    ],
    exclude: ['test/**/*.slow.test.ts'],
  };
}
