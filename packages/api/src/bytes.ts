import type { IncomingMessage } from './message.js';

/**
 * Any run of bytes, in memory of one thread or shared between threads. Functions that take it never
 * keep it.
 */
export type Bytes = Uint8Array | ArrayBuffer | SharedArrayBuffer;

/**
 * What can be sent: a string goes out as a text message, bytes as a binary one, and an incoming
 * message as what it came in as, without a view or a copy being made. The framework is done with it
 * when the call returns.
 */
export type Sendable = string | Bytes | IncomingMessage;
