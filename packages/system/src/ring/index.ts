// The door of the ring room.
export { CompletionFlag } from './abi.js';
export { BufferRing, type BufferRingOptions } from './buffer-ring.js';
export { acceptMany, cancel, close, receiveMany, send, Shut, shutdown } from './operations.js';
export { type CompletionSink, Ring, type RingOptions } from './ring.js';
export { RingLedger, type Settlement } from './ring-ledger.js';
