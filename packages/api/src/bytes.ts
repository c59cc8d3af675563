/** The types of the data that can be sent. */
import type { IncomingMessage } from './message.js';

/**
 * Bytes, in memory of one thread or in memory shared between threads. A function that takes bytes
 * does not keep them.
 */
export type Bytes = Uint8Array | ArrayBuffer | SharedArrayBuffer;

/**
 * The data of a message to send. A string is sent as a text message, and bytes are sent as a binary
 * message. An incoming message is sent as the type that it had, and the framework makes no view and
 * no copy of it. The framework does not use the data after the call has returned.
 */
export type Sendable = string | Bytes | IncomingMessage;
