/* The check of the options of a transport. */
import { HioloadError, LIMIT_TABLE, type LimitName, type TransportOptions } from '@hioload/api';
import { inspect } from 'node:util';

/** The options that every transport needs, each with a text and a test of what it must be. */
const NEEDED = {
  handlers: ['an object of handlers', isObject],
  path: ['a path such as "/"', (value) => typeof value === 'string'],
  protocols: ['a list of subprotocols', Array.isArray],
  allowedOrigins: ['a list of origins', Array.isArray],
  limits: ['an object with every limit, such as DEFAULT_LIMITS', isObject],
  whenBufferFull: ['"drop" or "close"', (value) => typeof value === 'string'],
  admission: [
    'an object with the functions admit and release',
    (value) => hasFunctions(value, 'admit', 'release'),
  ],
  metrics: ['an object with the function add', (value) => hasFunctions(value, 'add')],
  pools: [
    'an object with the pool bytes and the function objects',
    (value) => isObject(value) && isObject(value['bytes']) && hasFunctions(value, 'objects'),
  ],
  firstConnId: [
    'a whole number from 1',
    (value) => Number.isSafeInteger(value) && (value as number) > 0,
  ],
  onFault: ['a function', (value) => typeof value === 'function'],
} satisfies Partial<Record<keyof TransportOptions, readonly [string, (value: unknown) => boolean]>>;

/**
 * Checks the options before a transport is made. Wrong values would do harm later: uWebSockets.js
 * ends the process on an idle timeout outside of 0 and 8..960, and wraps byte limits around at
 * 2^31.
 * @throws HIOLOAD_OPTION_INVALID
 */
export function assertOptions(
  options: Pick<TransportOptions, 'limits' | 'path' | 'whenBufferFull'>,
): void {
  const given: unknown = options;
  if (!isObject(given))
    throw new HioloadError('HIOLOAD_OPTION_INVALID', 'the options must be an object');
  for (const [name, [needed, isOne]] of Object.entries(NEEDED)) {
    const value = given[name];
    if (isOne(value)) continue;
    const shown = inspect(value, { depth: 0, breakLength: Infinity });
    throw new HioloadError('HIOLOAD_OPTION_INVALID', `${name} must be ${needed}; got ${shown}`);
  }
  for (const name of Object.keys(LIMIT_TABLE) as LimitName[])
    assertLimit(name, options.limits[name]);
  if (!options.path.startsWith('/')) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `path must start with a slash; got ${JSON.stringify(options.path)}`,
    );
  }
  if (options.whenBufferFull !== 'drop' && options.whenBufferFull !== 'close') {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `whenBufferFull must be "drop" or "close"; got ${JSON.stringify(options.whenBufferFull)}`,
    );
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function hasFunctions(value: unknown, ...names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'function');
}

function assertLimit(name: LimitName, value: number): void {
  const { min, max, unit, zeroIsOff } = LIMIT_TABLE[name];
  const inRange = Number.isInteger(value) && value >= min && value <= max;
  if (inRange || (zeroIsOff && value === 0)) return;
  const off = zeroIsOff ? ', or 0 to turn it off' : '';
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `limits.${name} must be a whole number from ${min} to ${max} (${unit})${off}; ` +
      `got ${String(value)}`,
  );
}
