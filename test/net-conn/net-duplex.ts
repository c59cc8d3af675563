// Test support: a stream over a network connection.
import type { NetConn } from '@hioload/api';
import { Duplex } from 'node:stream';

/** Lets a client that wants a stream, such as `ws`, use a connection of bytes. */
export class NetDuplex extends Duplex {
  readonly #net: NetConn;

  constructor(net: NetConn) {
    super({ allowHalfOpen: true });
    this.#net = net;
    let written: (() => void) | undefined;
    this._write = (chunk: Buffer, _encoding, done) => {
      if (net.write(chunk, 0, chunk.length)) done();
      else written = done;
    };
    net.start({
      received: (bytes, start, end) => {
        if (!this.push(Buffer.from(bytes.subarray(start, end)))) net.pause();
      },
      ended: () => void this.push(null),
      drained: () => {
        written?.();
        written = undefined;
      },
      closed: (error) => void this.destroy(error),
    });
  }

  override _read(): void {
    this.#net.resume();
  }

  override _final(done: () => void): void {
    this.#net.shutdown();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#net.close();
    done(error);
  }

  /** What is called on sockets besides. */
  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }
}
