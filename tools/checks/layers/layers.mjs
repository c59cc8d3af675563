/**
 * Packages that the source of a package may import; whatever is absent here may import none.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const ALLOWED_PACKAGES = {
  api: [],
  system: ['api'],
  pool: ['api'],
  protocol: ['api'],
  transport: ['api', 'protocol'],
  reactor: ['api', 'pool', 'system', 'transport'],
  fake: ['api'],
};

/** The packages that the tests of a package may import, in addition to those of its source. */
export const ALLOWED_IN_TESTS = ['fake'];
