import type { NetConn } from '@hioload/api';

/**
 * What a peer may send behind its request before that is answered, in bytes; then it is not read
 * any more.
 */
const MAX_EARLY_BYTES = 65_536;

/** What came behind a request: frames already, kept until it is known for whom. */
export class EarlyBytes {
  readonly #net: NetConn;
  #bytes: Uint8Array = new Uint8Array(0);
  #isPaused = false;

  constructor(net: NetConn) {
    this.#net = net;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Keeps a copy. */
  keep(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(start, end)]);
    if (this.#bytes.length < MAX_EARLY_BYTES) return;
    this.#isPaused = true;
    this.#net.pause();
  }

  /** Has whoever took over hear of what was held back. */
  readOn(): void {
    if (this.#isPaused) this.#net.resume();
  }
}
