/* The last part of a socket's life: all is written, and the peer has not taken all of it yet. */
import type { NetConn, NetSink } from '@hioload/api';
import type { PagePlaces, PageTaker } from '../../shared/page-places.js';
import type { Leaving, NetCore } from '../core.js';
import type { Timed } from '../sweep.js';

/**
 * Waits until the peer has taken the last bytes and has ended its side. Closing at once would reset
 * the connection where the peer has sent something unread, and a reset destroys the bytes on their
 * way (RFC 9112 section 9.6, RFC 6455 section 7.1.1). A peer that takes nothing for a whole time
 * limit is cut.
 */
export class Lingering implements NetSink, Timed, Leaving, PageTaker {
  readonly remoteAddress: string;
  readonly #core: NetCore;
  readonly #net: NetConn;
  readonly #limitMs: number;
  #deadlineMs: number;
  /** The bytes that the peer had not taken when the time limit began. */
  #waitingBytes: number;
  #hasPeerEnded = false;
  /** Set where the last bytes are those of a page. */
  #places: PagePlaces | null = null;

  /**
   * Takes a socket over and shuts its sending side.
   * @param hasPeerEnded whether the peer has shut its side before
   */
  static begin(core: NetCore, net: NetConn, limitMs: number, hasPeerEnded = false): void {
    const lingering = new Lingering(core, net, limitMs);
    if (hasPeerEnded && net.bufferedBytes === 0) {
      net.close();
      return;
    }
    lingering.#hasPeerEnded = hasPeerEnded;
    lingering.#start();
  }

  /** Like {@link begin}, for a connection that takes a page and so needs one of the places. */
  static beginPage(core: NetCore, net: NetConn, limitMs: number): void {
    const lingering = new Lingering(core, net, limitMs);
    lingering.#places = core.pagePlaces;
    core.pagePlaces.enter(lingering);
    lingering.#start();
  }

  private constructor(core: NetCore, net: NetConn, limitMs: number) {
    this.#core = core;
    this.#net = net;
    this.remoteAddress = net.remoteAddress;
    this.#limitMs = limitMs;
    this.#deadlineMs = core.sweep.exactNowMs() + limitMs;
    this.#waitingBytes = net.bufferedBytes;
  }

  /** Ignores the bytes that still come. */
  received(): void {}

  drained(): void {
    if (this.#hasPeerEnded) this.end();
  }

  ended(): void {
    // The peer may still read, as a client does that shuts its side behind its request.
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
    this.cut();
  }

  cut(): void {
    this.#forget();
    this.#net.abort();
  }

  end(): void {
    this.#forget();
    this.#net.close();
  }

  #start(): void {
    this.#core.leaving.add(this);
    this.#core.sweep.add(this);
    this.#net.start(this);
    this.#net.shutdown();
  }

  #forget(): void {
    this.#places?.leave(this);
    this.#core.leaving.delete(this);
    this.#core.sweep.remove(this);
  }
}
