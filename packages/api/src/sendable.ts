/* The one check of the data that an application sends: messages and the payloads of pings. */
import type { Bytes } from './bytes.js';
import { HioloadError } from './errors.js';
import type { IncomingMessage } from './message.js';

const BYTES = 'bytes (a Uint8Array, an ArrayBuffer or a SharedArrayBuffer)';
const STRING_OR_BYTES = `a string or ${BYTES}`;
const SENDABLE = `a string, ${BYTES} or an incoming message`;
const NOTHING = new Uint8Array(0);
const DETACHED = 'is detached: its memory was transferred';
/** The most units of a value or of a name that an error shows. */
const MAX_SHOWN_UNITS = 100;
const encoder = new TextEncoder();

type Getter = (this: unknown) => unknown;

/*
 * These getters look at what a value is. Its prototype does not tell: a value of another realm, as
 * `node:vm` makes one, has another prototype, and any object can be given the prototype of bytes.
 */
const typedArrays = Object.getPrototypeOf(Uint8Array.prototype) as object;
const nameOfTypedArray = getterOf(typedArrays, Symbol.toStringTag);
/*
 * V8 may compile `length` so that it still tells the old length where the memory of a view is gone.
 * This getter does not.
 */
const lengthOfTypedArray = getterOf(typedArrays, 'byteLength');
const lengthOfBuffer = getterOf(ArrayBuffer.prototype, 'byteLength');
const lengthOfSharedBuffer = getterOf(SharedArrayBuffer.prototype, 'byteLength');

function getterOf(prototype: object, name: PropertyKey): Getter {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!;
}

/** Whether a value is a Uint8Array of any realm, such as a Buffer. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return nameOfTypedArray.call(value) === 'Uint8Array';
}

/**
 * Gives a view of bytes that an application sends.
 * @param what the name of the data, for the error
 * @returns undefined where the value is none of the three kinds of bytes
 * @throws HIOLOAD_OPTION_INVALID where the memory of the bytes is gone
 */
export function viewOfBytes(value: unknown, what: string): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isUint8Array(value)) {
    if (lengthOfTypedArray.call(value) === 0) assertReachable(value, what);
    return value;
  }
  if (!hasSlot(value, lengthOfBuffer) && !hasSlot(value, lengthOfSharedBuffer)) return undefined;
  try {
    return new Uint8Array(value as ArrayBuffer);
  } catch {
    throw refused(
      what,
      STRING_OR_BYTES,
      'an ArrayBuffer that is detached: its memory was transferred',
    );
  }
}

/**
 * Gives a view of the payload of an incoming message, or of another object with the same members.
 * The caller has found before that the value is neither a string nor bytes.
 * @throws HIOLOAD_OPTION_INVALID where the value cannot be sent, HIOLOAD_MESSAGE_EXPIRED
 */
export function payloadOf(message: unknown): Uint8Array {
  let bytes: unknown;
  try {
    const { isBinary, bytes: read } = message as IncomingMessage;
    // A Blob has a method of the same name, which returns a promise.
    if (typeof isBinary === 'boolean' && typeof read === 'function')
      bytes = (message as IncomingMessage).bytes();
  } catch (error) {
    if (error instanceof HioloadError) throw error;
  }
  if (isUint8Array(bytes)) return viewOfBytes(bytes, 'the payload of a message') ?? NOTHING;
  throw refused('a message', SENDABLE, describe(message));
}

/**
 * Checks a message that nobody is there to get. A message that cannot be sent is refused whether
 * anybody gets the message or not.
 * @throws HIOLOAD_OPTION_INVALID, HIOLOAD_MESSAGE_EXPIRED
 */
export function assertSendable(message: unknown): void {
  if (typeof message === 'string' || viewOfBytes(message, 'a message') !== undefined) return;
  payloadOf(message);
}

/**
 * The option `binary` of a call that sends.
 * @returns undefined where the kind of the data decides
 * @throws HIOLOAD_OPTION_INVALID
 */
export function binaryOption(options: unknown): boolean | undefined {
  const binary = (options as { readonly binary?: unknown } | null | undefined)?.binary;
  if (binary === undefined || typeof binary === 'boolean') return binary;
  throw refused('binary', 'true or false', describe(binary));
}

/**
 * Gives a view of the payload of a ping, whose text is encoded in UTF-8.
 * @throws HIOLOAD_OPTION_INVALID
 */
export function pingPayloadOf(payload: string | Bytes): Uint8Array {
  if (typeof payload === 'string') return payload === '' ? NOTHING : encoder.encode(payload);
  const view = viewOfBytes(payload, 'a ping payload');
  if (view === undefined) throw refused('a ping payload', STRING_OR_BYTES, describe(payload));
  return view;
}

function hasSlot(value: object, getter: Getter): boolean {
  try {
    getter.call(value);
    return true;
  } catch {
    return false;
  }
}

function canBeViewed(buffer: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(buffer).byteLength >= 0;
  } catch {
    return false;
  }
}

/** Refuses an empty view whose memory is gone. */
function assertReachable(view: Uint8Array, what: string): void {
  try {
    // The method checks the memory first; it does so for an empty view too.
    Uint8Array.prototype.at.call(view, 0);
    return;
  } catch {
    // The error below says more.
  }
  const isDetached = !canBeViewed(view.buffer);
  const gone = isDetached ? DETACHED : 'lies outside of its resized ArrayBuffer';
  throw refused(what, STRING_OR_BYTES, `a Uint8Array that ${gone}`);
}

/** Says what a value is. Never throws, although the value may be a proxy. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object') {
    const shown = typeof value === 'symbol' ? value.toString() : `${value as number}`;
    return `the ${typeof value} ${shown.slice(0, MAX_SHOWN_UNITS)}`;
  }
  try {
    const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
    const name = prototype?.constructor?.name;
    if (typeof name === 'string' && name !== '' && name.length <= MAX_SHOWN_UNITS)
      return `an object of the class ${name}`;
  } catch {
    // A proxy or a getter of the value throws: nothing more can be said.
  }
  return 'an object';
}

/** Makes the error of a value that is not allowed. */
export function refused(what: string, allowed: string, got: string): HioloadError {
  return new HioloadError('HIOLOAD_OPTION_INVALID', `${what} must be ${allowed}; got ${got}`);
}
