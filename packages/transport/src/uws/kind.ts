// The kind of transport that stands on uWebSockets.js.
import type { TransportKind } from '@hioload/api';
import { UWS_FEATURES } from './features.js';
import { createUwsTransport } from './transport.js';

/** Transports over uWebSockets.js, which is native. */
export const uwsKind: TransportKind = {
  name: 'uws',
  features: UWS_FEATURES,
  create: (options) => createUwsTransport(options),
};
