import { HioloadError, type IncomingMessage } from '@hioload/api';

const NOTHING = new Uint8Array(0);

/** A message as listeners are handed it: a window on bytes that belong to somebody else, reused for the next message. */
export class LentMessage implements IncomingMessage {
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #isBinary = false;
  #isLive = false;
  #view: Uint8Array | null = null;

  /** Makes the object stand for `start` up to `end` of `bytes`, until {@link expire}. */
  begin(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#isBinary = isBinary;
    this.#isLive = true;
  }

  /** Ends the validity: the bytes are about to be somebody else's. */
  expire(): void {
    this.#isLive = false;
    this.#bytes = NOTHING;
    this.#view = null;
  }

  get isBinary(): boolean {
    this.#assertLive();
    return this.#isBinary;
  }

  get byteLength(): number {
    this.#assertLive();
    return this.#end - this.#start;
  }

  bytes(): Uint8Array {
    this.#assertLive();
    return (this.#view ??= this.#bytes.subarray(this.#start, this.#end));
  }

  text(): string {
    const bytes = this.bytes();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes());
  }

  #assertLive(): void {
    if (this.#isLive) return;
    throw new HioloadError(
      'HIOLOAD_MESSAGE_EXPIRED',
      'the message was used after its listener returned or awaited; a copy() taken before that is allowed',
    );
  }
}
