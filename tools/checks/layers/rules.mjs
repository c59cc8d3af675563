// Turns the layers and the doors into rules for dependency-cruiser.
import { ALLOWED_IN_TESTS, ALLOWED_PACKAGES } from './layers.mjs';

/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

/**
 * The rules of DESIGN's house as dependency-cruiser reads them. There are no exemptions: an import
 * that is forbidden here shows that a contract is missing.
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
      'Another package is imported through a public door: a name that its package.json exports.',
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
      'What tests share is imported through a door of test/support.',
      { path: '^(packages|apps|tools|test)/', pathNot: '^test/support/' },
      { path: '^test/support/', pathNot: anyOf(supportDoors) },
    ),
    rule(
      'climbs-out-of-a-package',
      'A relative import stays in its package; another package is imported by its name.',
      { path: '^((packages|apps|tools)/[^/]+/)' },
      { path: '^(packages|apps|tools|test)/', pathNot: '^$1', dependencyTypes: ['local'] },
    ),
    rule(
      'climbs-out-of-the-tests',
      'A relative import of a test stays in test/; test/support is imported by its name.',
      { path: '^test/(?!support/)' },
      { path: '^((packages|apps|tools)/|test/support/)', dependencyTypes: ['local'] },
    ),
    rule(
      'climbs-out-of-test-support',
      'A relative import of test/support stays there: what tests share knows no test.',
      { path: '^test/support/' },
      {
        path: '^(packages|apps|tools|test)/',
        pathNot: '^test/support/',
        dependencyTypes: ['local'],
      },
    ),
    rule(
      'wire-stands-alone',
      'The peer that tests write by hand shares no code with the servers that it judges.',
      { path: '^test/support/wire/' },
      { path: '^(packages|apps|tools|test)/', pathNot: '^test/support/wire/' },
    ),
    rule(
      'no-test-in-source',
      'Source must not import tests.',
      { path: '^(packages|apps|tools)/[^/]+/(?!test/)' },
      { path: '^(test/|[^/]+/[^/]+/test/)' },
    ),
    rule(
      'api-is-pure',
      'Contracts import nothing at all.',
      { path: '^packages/api/src/' },
      { pathNot: '^packages/api/src/' },
    ),
    rule(
      'protocol-knows-no-socket',
      'The codec takes bytes and gives bytes; sockets, streams and events are of transport.',
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
      'An import that leads nowhere.',
      {},
      { couldNotResolve: true, pathNot: '(^|/)uWebSockets\\.js(/|$)' },
    ),
    rule(
      'declared',
      'A third-party package that the nearest package.json does not name.',
      { path: '^(packages|apps|tools)/[^/]+/(?!test/)' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    rule(
      'no-dev-dependency-in-source',
      'What is published imports no development dependency.',
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
