import type { Limits } from '@hioload/api';

/** The settings of a WebSocket route that come from the limits. */
export interface NativeSettings {
  readonly maxPayloadLength: number;
  readonly maxBackpressure: number;
  readonly closeOnBackpressureLimit: boolean;
  readonly idleTimeout: number;
  readonly sendPingsAutomatically: boolean;
}

/** What the limits are called natively. */
export function toNativeSettings(limits: Limits): NativeSettings {
  return {
    maxPayloadLength: limits.maxPayloadBytes,
    maxBackpressure: limits.maxBufferedBytes,
    // The native way of closing lets queued bytes out after the decision: the transport cuts by
    // itself.
    closeOnBackpressureLimit: false,
    idleTimeout: limits.idleTimeoutSeconds,
    // Without an idle timeout its pings would bring one back: it counts from the wrap-around of its
    // 16 bits.
    sendPingsAutomatically: limits.idleTimeoutSeconds > 0,
  };
}
