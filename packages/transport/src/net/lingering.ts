import type { NetConn, NetSink } from '@hioload/api';
import type { Sweep, Timed } from './sweep.js';

/**
 * A connection that has said all it had to say, and lets the peer take it: closing at once would
 * reset it where the peer has sent something unread, and a reset destroys what is on its way (RFC
 * 9112 section 9.6, RFC 6455 section 7.1.1). It ends when the peer has ended and taken all of it,
 * and is cut when for a whole time limit the peer has taken nothing.
 */
export class Lingering implements NetSink, Timed {
  readonly #net: NetConn;
  readonly #sweep: Sweep;
  readonly #all: Set<Lingering>;
  readonly #limitMs: number;
  #deadlineMs: number;
  /** What had not been taken when the time limit began. */
  #waitingBytes: number;
  #hasPeerEnded = false;

  /** @param all those of the transport, which this one joins until it ends */
  static begin(net: NetConn, sweep: Sweep, all: Set<Lingering>, limitMs: number): void {
    const lingering = new Lingering(net, sweep, all, limitMs);
    all.add(lingering);
    sweep.add(lingering);
    net.start(lingering);
    net.shutdown();
  }

  private constructor(net: NetConn, sweep: Sweep, all: Set<Lingering>, limitMs: number) {
    this.#net = net;
    this.#sweep = sweep;
    this.#all = all;
    this.#limitMs = limitMs;
    this.#deadlineMs = sweep.exactNowMs() + limitMs;
    this.#waitingBytes = net.bufferedBytes;
  }

  /** What still comes is of no interest. */
  received(): void {}

  drained(): void {
    if (this.#hasPeerEnded) this.end();
  }

  ended(): void {
    // It may be reading all the same, like a client that shuts its side behind its request.
    this.#hasPeerEnded = true;
    if (this.#net.bufferedBytes === 0) this.end();
  }

  closed(): void {
    this.#forget();
  }

  sweep(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    const { bufferedBytes } = this.#net;
    if (bufferedBytes < this.#waitingBytes) {
      this.#waitingBytes = bufferedBytes;
      this.#deadlineMs = nowMs + this.#limitMs;
      return;
    }
    this.#forget();
    this.#net.abort();
  }

  end(): void {
    this.#forget();
    this.#net.close();
  }

  #forget(): void {
    this.#all.delete(this);
    this.#sweep.remove(this);
  }
}
