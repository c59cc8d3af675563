/* The abilities of the transport `uws`, and the rules that it does not keep. */
import type { TransportFeatures } from '@hioload/api';
import { UWS_EXEMPTIONS } from './exemptions.js';

/** Read before a transport is made, so that a server can tell its user. */
export const UWS_FEATURES: TransportFeatures = {
  // Other systems have no SO_REUSEPORT, or do not share connections out with it.
  sharesPort: process.platform === 'linux',
  exemptions: UWS_EXEMPTIONS,
};
