/* The native settings that follow from the limits. */
import type { Limits } from '@hioload/api';

/** The settings of a WebSocket route that follow from the limits. */
export interface NativeSettings {
  readonly maxPayloadLength: number;
  readonly maxBackpressure: number;
  readonly closeOnBackpressureLimit: boolean;
  readonly idleTimeout: number;
  readonly sendPingsAutomatically: boolean;
}

/** Translates the limits. */
export function toNativeSettings(limits: Limits): NativeSettings {
  return {
    maxPayloadLength: limits.maxPayloadBytes,
    maxBackpressure: limits.maxBufferedBytes,
    // The native way of closing lets queued bytes out after the decision, so the transport cuts
    // connections itself.
    closeOnBackpressureLimit: false,
    idleTimeout: limits.idleTimeoutSeconds,
    // Without an idle timeout, native pings would bring a timeout back: they count from the
    // wrap-around of 16 bits.
    sendPingsAutomatically: limits.idleTimeoutSeconds > 0,
  };
}
