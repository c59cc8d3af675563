/* An incoming message that lies in a range of bytes which belong to somebody else. */
import { HioloadError, type IncomingMessage } from '@hioload/api';

const NOTHING = new Uint8Array(0);

/*
 * The bytes of the last message, and their memory. Most messages lie in one read buffer or in one
 * lane, and asking a `Uint8Array` for its memory costs as much as making a view.
 */
let recentBytes: Uint8Array = NOTHING;
let recentMemory: ArrayBufferLike = NOTHING.buffer;
let recentOffset = 0;
let recentBuffer: Buffer | null = null;

/**
 * The message `bytes[start..end)`. One object is used for every message of a transport, so the
 * object stands for one message only while the handler of that message runs.
 */
export class RangeMessage implements IncomingMessage {
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #isBinary = false;
  #isLent = false;
  #view: Uint8Array | null = null;

  constructor() {
    // The application gets this object for each message of each connection: what one hook puts on
    // the object would be there for all of them.
    Object.preventExtensions(this);
  }

  /** Makes the object stand for `bytes[start..end)` until {@link expire}. */
  begin(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#isBinary = isBinary;
    this.#isLent = true;
  }

  /** Ends the message: the owner of the bytes is about to use the bytes for something else. */
  expire(): void {
    this.#isLent = false;
    this.#bytes = NOTHING;
    this.#view = null;
  }

  /** The bytes that hold the payload, at `start..end`. @throws HIOLOAD_MESSAGE_EXPIRED */
  get memory(): Uint8Array {
    this.#requireLent();
    return this.#bytes;
  }

  /** Where the payload begins in `memory`. */
  get start(): number {
    return this.#start;
  }

  /** Where the payload ends in `memory`. */
  get end(): number {
    return this.#end;
  }

  get isBinary(): boolean {
    this.#requireLent();
    return this.#isBinary;
  }

  get byteLength(): number {
    this.#requireLent();
    return this.#end - this.#start;
  }

  bytes(): Uint8Array {
    this.#requireLent();
    return (this.#view ??= viewOf(this.#bytes, this.#start, this.#end));
  }

  text(): string {
    this.#requireLent();
    return bufferOf(this.#bytes).toString('utf8', this.#start, this.#end);
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes());
  }

  #requireLent(): void {
    if (this.#isLent) return;
    throw new HioloadError(
      'HIOLOAD_MESSAGE_EXPIRED',
      'the message was used after its handler or listener returned or awaited; ' +
        'a copy() taken before that is allowed',
    );
  }
}

Object.freeze(RangeMessage.prototype);

/** Makes the view that `bytes.subarray(start, end)` makes, in 20 ns less. */
export function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  lookAt(bytes);
  return new Uint8Array(recentMemory, recentOffset + start, end - start);
}

/** The same memory as a `Buffer`, which decodes a range without a view of that range. */
function bufferOf(bytes: Uint8Array): Buffer {
  lookAt(bytes);
  return (recentBuffer ??= Buffer.from(recentMemory, recentOffset, bytes.byteLength));
}

function lookAt(bytes: Uint8Array): void {
  if (recentBytes === bytes) return;
  recentBytes = bytes;
  recentMemory = bytes.buffer;
  recentOffset = bytes.byteOffset;
  recentBuffer = null;
}
