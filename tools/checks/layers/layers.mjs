/**
 * Packages that the source of a package may import; whatever is absent here may import none.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const ALLOWED_PACKAGES = {
  api: [],
  pool: ['api'],
  protocol: ['api'],
  transport: ['api', 'protocol'],
  reactor: ['api', 'pool', 'transport'],
  fake: ['api'],
};

/** What the tests of one package may import besides what its source may. */
export const ALLOWED_IN_TESTS = ['fake'];
