// Turns the layers and the doors into rules for dependency-cruiser.
import { ALLOWED_IN_TESTS, ALLOWED_PACKAGES } from './layers.mjs';

/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

/**
 * The layer rules for dependency-cruiser. There are no exemptions: a forbidden import shows that a
 * contract is missing.
 * @param {{ publicDoors: string[], internalDoors: string[], supportDoors: string[] }} doors
 * @returns {Rule[]}
 */
export function layerRules({ publicDoors, internalDoors, supportDoors }) {
  const publicDoor = anyOf(publicDoors);
  const anyDoor = anyOf([...publicDoors, ...internalDoors]);
  return [
    rule('no-cycle', 'An import cycle, types included.', {}, { circular: true }),
    ...Object.entries(ALLOWED_PACKAGES).flatMap(([name, allowed]) => [
      rule(
        `layer-${name}`,
        `The source of ${name} may import ${allowed.join(', ') || 'no other package'}.`,
        { path: `^packages/${name}/(?!test/)` },
        { path: '^(packages|apps|tools|test)/', pathNot: folders([name, ...allowed]) },
      ),
      rule(
        `layer-${name}-test`,
        `The tests of ${name} may import what its source may, ` +
          `${ALLOWED_IN_TESTS.join(', ')}, and test/support.`,
        { path: `^packages/${name}/test/` },
        {
          path: '^(packages|apps|tools|test)/',
          pathNot: [folders([name, ...allowed, ...ALLOWED_IN_TESTS]), '^test/support/'],
        },
      ),
    ]),
    rule(
      'layer-unknown',
      'A package without a row in tools/checks/layers/layers.mjs imports a workspace package.',
      { path: '^packages/([^/]+)/', pathNot: folders(Object.keys(ALLOWED_PACKAGES)) },
      { path: '^(packages|apps|tools|test)/', pathNot: '^packages/$1/' },
    ),
    rule(
      'public-door',
      'Import another package through a public door: a name that its package.json exports.',
      { path: '^(packages|apps|tools)/([^/]+)/(?!test/)' },
      { path: '^(packages|apps|tools)/', pathNot: ['^$1/$2/', publicDoor] },
    ),
    rule(
      'door-in-tests',
      'Tests import another package through one of its doors, `./internal` included.',
      { path: '^(test/|(packages|apps|tools)/([^/]+)/test/)' },
      { path: '^(packages|apps|tools)/', pathNot: ['^$2/$3/', anyDoor] },
    ),
    rule(
      'door-of-test-support',
      'Import the shared support of tests through a door of test/support.',
      { path: '^(packages|apps|tools|test)/', pathNot: '^test/support/' },
      { path: '^test/support/', pathNot: anyOf(supportDoors) },
    ),
    rule(
      'climbs-out-of-a-package',
      'A relative import must stay in its package; import another package by its name.',
      { path: '^((packages|apps|tools)/[^/]+/)' },
      { path: '^(packages|apps|tools|test)/', pathNot: '^$1', dependencyTypes: ['local'] },
    ),
    rule(
      'climbs-out-of-the-tests',
      'A relative import of a test must stay in test/; import test/support by its name.',
      { path: '^test/(?!support/)' },
      { path: '^((packages|apps|tools)/|test/support/)', dependencyTypes: ['local'] },
    ),
    rule(
      'climbs-out-of-test-support',
      'A relative import in test/support must stay there: the shared support must not use a test.',
      { path: '^test/support/' },
      {
        path: '^(packages|apps|tools|test)/',
        pathNot: '^test/support/',
        dependencyTypes: ['local'],
      },
    ),
    rule(
      'wire-stands-alone',
      'The raw client of the tests must share no code with the servers that it judges.',
      { path: '^test/support/wire/' },
      { path: '^(packages|apps|tools|test)/', pathNot: '^test/support/wire/' },
    ),
    rule(
      'no-test-in-source',
      'Source files must not import tests.',
      { path: '^(packages|apps|tools)/[^/]+/(?!test/)' },
      { path: '^(test/|[^/]+/[^/]+/test/)' },
    ),
    rule(
      'api-is-pure',
      'Contracts must import nothing.',
      { path: '^packages/api/src/' },
      { pathNot: '^packages/api/src/' },
    ),
    rule(
      'protocol-knows-no-socket',
      'The codec takes bytes and gives bytes. Sockets, streams and events belong to transport.',
      { path: '^packages/protocol/src/' },
      {
        path:
          '^(node:)?(net|tls|dgram|https?|http2|stream|events|fs|' +
          'worker_threads|child_process)(/|$)',
      },
    ),
    rule(
      'native-module-in-its-place',
      'Only transport/uws and the benchmarks load the native module: all else works where it ' +
        'is absent.',
      {
        path: '^(packages|apps|tools)/',
        pathNot: '^(packages/transport/(src/uws|test)|tools/bench)/',
      },
      { path: '(^|/)uWebSockets\\.js(/|$)' },
    ),
    rule(
      'resolves',
      'The imported file does not exist.',
      {},
      { couldNotResolve: true, pathNot: '(^|/)uWebSockets\\.js(/|$)' },
    ),
    rule(
      'declared',
      'The nearest package.json must name every third-party package that is imported.',
      { path: '^(packages|apps|tools)/[^/]+/(?!test/)' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    rule(
      'no-dev-dependency-in-source',
      'Published code must not import a development dependency.',
      { path: '^packages/[^/]+/src/' },
      { dependencyTypes: ['npm-dev'] },
    ),
  ];
}

/**
 * @param {string} name
 * @param {string} comment
 * @param {object} from
 * @param {object} to
 * @returns {Rule}
 */
function rule(name, comment, from, to) {
  return { name, severity: 'error', comment, from, to };
}

/** @param {readonly string[]} packages */
function folders(packages) {
  return `^packages/(${packages.join('|')})/`;
}

/** @param {readonly string[]} files */
function anyOf(files) {
  return `^(${files.map((file) => file.replace(/[.+]/g, '\\$&')).join('|') || '(?!)'})$`;
}
