import type { TransportFeatures } from '@hioload/api';
import { UWS_EXEMPTIONS } from './exemptions.js';

/** What this transport can and cannot do. */
export const UWS_FEATURES: TransportFeatures = {
  // Elsewhere SO_REUSEPORT is missing, or does not share out connections.
  sharesPort: process.platform === 'linux',
  exemptions: UWS_EXEMPTIONS,
};
