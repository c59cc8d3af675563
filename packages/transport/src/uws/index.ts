/* The door `@hioload/transport/uws`: the transport over uWebSockets.js. */
export { UWS_FEATURES } from './features.js';
export { uwsKind } from './kind.js';
export { loadUws, type UwsLoad, type UwsSurroundings } from './load.js';
export type { NativeModule } from './native.js';
export { createUwsTransport } from './transport.js';
