import type { TransportFeatures } from '@hioload/api';

/** What this transport can and cannot do. */
export const UWS_FEATURES: TransportFeatures = Object.freeze({
  sharesPort: process.platform === 'linux',
  exemptions: [],
});
