/* An incoming message of `uws`. */
import { HioloadError, type IncomingMessage } from '@hioload/api';
import { markAsUntransferable } from 'node:worker_threads';

/**
 * Whether memory that is marked as untransferable can still be detached, as the native library does
 * after each message. From Node 24 on, it cannot.
 */
const isMarkable = tryMark();

function tryMark(): boolean {
  const buffer: ArrayBuffer & { transfer?(): ArrayBuffer } = new ArrayBuffer(1);
  markAsUntransferable(buffer);
  try {
    buffer.transfer?.();
    return true;
  } catch {
    return false;
  }
}

/** The one object that stands for every message of a transport while its handler runs. */
export class UwsMessage implements IncomingMessage {
  #payload: ArrayBuffer | null = null;
  /** Kept here, because asking the buffer is a call into the engine. */
  #byteLength = 0;
  #isBinary = false;
  #view: Uint8Array | null = null;

  constructor() {
    // The application gets this object for each message of each connection: what one hook puts on
    // the object would be there for all of them.
    Object.preventExtensions(this);
  }

  /** Makes the object stand for a payload, until {@link expire}. */
  begin(payload: ArrayBuffer, isBinary: boolean): void {
    this.#payload = payload;
    this.#byteLength = payload.byteLength;
    this.#isBinary = isBinary;
  }

  /** Ends the message. The native library detaches the buffer next. */
  expire(): void {
    this.#payload = null;
    this.#view = null;
  }

  /**
   * The payload of the native library, valid as long as the message. @throws
   * HIOLOAD_MESSAGE_EXPIRED
   */
  get payload(): ArrayBuffer {
    const payload = this.#payload;
    if (payload === null) throw expired();
    return payload;
  }

  get isBinary(): boolean {
    if (this.#payload === null) throw expired();
    return this.#isBinary;
  }

  get byteLength(): number {
    if (this.#payload === null) throw expired();
    return this.#byteLength;
  }

  bytes(): Uint8Array {
    return (this.#view ??= this.#makeView());
  }

  /** Marks the memory: it is native and ends with the message, so no other thread may get it. */
  #makeView(): Uint8Array {
    const { payload } = this;
    if (isMarkable) markAsUntransferable(payload);
    return new Uint8Array(payload);
  }

  text(): string {
    return Buffer.from(this.payload).toString('utf8');
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.payload.slice(0));
  }
}

Object.freeze(UwsMessage.prototype);

function expired(): HioloadError {
  return new HioloadError(
    'HIOLOAD_MESSAGE_EXPIRED',
    'the message was used after its handler returned or awaited; a copy() taken before that ' +
      'is allowed',
  );
}
