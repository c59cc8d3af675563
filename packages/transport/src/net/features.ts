import type { TransportFeatures } from '@hioload/api';
import { SHARES_PORT } from './sockets/listener.js';

/** What this transport can and cannot do. */
export const NET_FEATURES: TransportFeatures = { sharesPort: SHARES_PORT, exemptions: [] };
