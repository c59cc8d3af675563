/* Checks of the options that the structures of this package take. */
import { HioloadError } from '@hioload/api';
import { isPowerOfTwo } from './sequence.js';

const refuse = (name: string, value: number, allowed: string): HioloadError =>
  new HioloadError('HIOLOAD_OPTION_INVALID', `${name} must be ${allowed}; got ${String(value)}`);

/** Lets a power of two between two bounds pass. @throws HIOLOAD_OPTION_INVALID */
export function requirePowerOfTwo(name: string, value: number, least: number, most: number): void {
  if (isPowerOfTwo(value) && value >= least && value <= most) return;
  throw refuse(name, value, `a power of two from ${String(least)} to ${String(most)}`);
}

/** Lets a multiple of `step` between two bounds pass. @throws HIOLOAD_OPTION_INVALID */
export function requireInteger(
  name: string,
  value: number,
  least: number,
  most: number,
  step = 1,
): void {
  if (Number.isInteger(value) && value >= least && value <= most && value % step === 0) return;
  const kind = step === 1 ? 'a whole number' : `a multiple of ${String(step)}`;
  throw refuse(name, value, `${kind} from ${String(least)} to ${String(most)}`);
}
