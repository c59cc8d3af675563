/* The door `@hioload/transport/net`: the transport in TypeScript. */
export { isHostAllowed } from '@hioload/api';
export { isOriginAllowed, isPathServed } from '@hioload/protocol';
export { createNetKind, netKind, type NetKindOptions, type NetReactor } from './kind.js';
export type { NetTransportOptions } from './net-options.js';
export { createNetTransport, NET_FEATURES, type NetTransport } from './transport.js';
