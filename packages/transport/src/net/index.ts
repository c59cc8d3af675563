export { NET_FEATURES } from './features.js';
export { createNetKind, netKind, type NetKindOptions, type NetReactor } from './kind.js';
export type { NetTransportOptions } from './options.js';
export { createNetTransport, type NetTransport } from './transport.js';
