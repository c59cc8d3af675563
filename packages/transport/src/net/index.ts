export { NET_FEATURES } from './features.js';
export type { NetTransportOptions } from './options.js';
export { createNetTransport, type NetTransport } from './transport.js';
