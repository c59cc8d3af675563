import { HioloadError, LIMIT_TABLE, type LimitName, type TransportOptions } from '@hioload/api';

/**
 * Checks what a transport is built from, before anything of it is there: uWebSockets.js, for one, ends the process on an idle
 * timeout outside of 0 and 8..960, and wraps byte limits around at 2^31. @throws HIOLOAD_OPTION_INVALID
 */
export function assertOptions(options: Pick<TransportOptions, 'limits' | 'path' | 'whenBufferFull'>): void {
  for (const name of Object.keys(LIMIT_TABLE) as LimitName[]) assertLimit(name, options.limits[name]);
  if (!options.path.startsWith('/')) {
    throw new HioloadError('HIOLOAD_OPTION_INVALID', `path ${JSON.stringify(options.path)}: must start with a slash`);
  }
  if (options.whenBufferFull !== 'drop' && options.whenBufferFull !== 'close') {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `whenBufferFull ${JSON.stringify(options.whenBufferFull)}: allowed are "drop" and "close"`,
    );
  }
}

function assertLimit(name: LimitName, value: number): void {
  const { min, max, unit, zeroIsOff } = LIMIT_TABLE[name];
  const inRange = Number.isInteger(value) && value >= min && value <= max;
  if (inRange || (zeroIsOff && value === 0)) return;
  const off = zeroIsOff ? ', or 0 for none' : '';
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `limits.${name} ${String(value)}: allowed are ${min}..${max} ${unit}${off}`,
  );
}
