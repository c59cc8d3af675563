import { HioloadError, LIMIT_TABLE, type LimitName, type Limits, type TransportOptions } from '@hioload/api';

/** The settings of a WebSocket route that come from the limits. */
export interface NativeSettings {
  readonly maxPayloadLength: number;
  readonly maxBackpressure: number;
  readonly closeOnBackpressureLimit: boolean;
  readonly idleTimeout: number;
  readonly sendPingsAutomatically: boolean;
}

/**
 * Checks what the native library would not: it ends the process on an idle timeout outside of 0 and 8..960, and wraps
 * byte limits around at 2^31. @throws HIOLOAD_OPTION_INVALID
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

/** What the limits are called natively. */
export function toNativeSettings(limits: Limits): NativeSettings {
  return {
    maxPayloadLength: limits.maxPayloadBytes,
    maxBackpressure: limits.maxBufferedBytes,
    // The native way of closing lets queued bytes out after the decision: the transport cuts by itself.
    closeOnBackpressureLimit: false,
    idleTimeout: limits.idleTimeoutSeconds,
    // Without an idle timeout its pings would bring one back: it counts from the wrap-around of its 16 bits.
    sendPingsAutomatically: limits.idleTimeoutSeconds > 0,
  };
}
