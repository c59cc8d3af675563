// A fake pair of network connections for tests: bytes go from one end to the other in memory.
import { HioloadError, type NetConn, type NetSink, type WriteLease } from '@hioload/api';

/** What a pair of connections in memory is built from. */
export interface FakeNetOptions {
  /**
   * Bytes that are on their way to each end at most, as in the buffers of a kernel; the rest waits
   * where it was written.
   */
  readonly roomBytes?: number;
  /** Address of the client, as the server sees it. Default: `127.0.0.1`. */
  readonly remoteAddress?: string;
}

const DEFAULT_ROOM_BYTES = 65_536;

/**
 * One end of a connection in memory. What is written to one end comes out of the other, in a
 * microtask and in the pieces in which it was written.
 *
 * ```ts
 * const [server, client] = FakeNetConn.pair();
 * transport.accept(server);
 * client.start(sink);
 * client.write(request, 0, request.length);
 * ```
 */
export class FakeNetConn implements NetConn {
  readonly remoteAddress: string;
  readonly #roomBytes: number;
  #peer!: FakeNetConn;
  #sink: NetSink | null = null;
  /** What has arrived and has not been read. */
  #inbox: Uint8Array[] = [];
  #inboxBytes = 0;
  /** What the other end has no room for yet. */
  #queue: Uint8Array[] = [];
  #queueBytes = 0;
  #isPaused = false;
  #isDue = false;
  #owesDrained = false;
  #isShut = false;
  #isClosed = false;
  /** Nothing comes behind the inbox. */
  #isEnding = false;
  #hasToldEnd = false;
  #reset: Error | undefined;

  private constructor(remoteAddress: string, roomBytes: number) {
    this.remoteAddress = remoteAddress;
    this.#roomBytes = roomBytes;
  }

  /** Both ends of a new connection. */
  static pair(options: FakeNetOptions = {}): [server: FakeNetConn, client: FakeNetConn] {
    const { roomBytes = DEFAULT_ROOM_BYTES, remoteAddress = '127.0.0.1' } = options;
    const server = new FakeNetConn(remoteAddress, roomBytes);
    const client = new FakeNetConn('127.0.0.1', roomBytes);
    server.#peer = client;
    client.#peer = server;
    return [server, client];
  }

  /** Whether its owner has ended it, or the other end has reset it. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#queueBytes;
  }

  start(sink: NetSink): void {
    this.#sink = sink;
    this.#tellSoon();
  }

  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    // Not `slice`, which of a Buffer makes no copy.
    const copy = new Uint8Array(bytes.subarray(start, end));
    lease?.release();
    if (this.#isClosed) return false;
    if (this.#isShut)
      throw new HioloadError('HIOLOAD_STATE', 'write after shutdown; allowed before');
    this.#queue.push(copy);
    this.#queueBytes += copy.length;
    this.#advance();
    this.#owesDrained ||= this.#queueBytes > 0;
    return this.#queueBytes === 0;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#tellSoon();
  }

  shutdown(): void {
    this.#isShut = true;
    this.#advance();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#end();
    this.#peer.#isEnding = true;
    this.#peer.#tellSoon();
  }

  abort(): void {
    if (this.#isClosed) return;
    this.#end();
    this.#peer.#breakOff();
  }

  #end(): void {
    this.#isClosed = true;
    this.#sink = null;
    this.#inbox = [];
    this.#queue = [];
    this.#queueBytes = this.#inboxBytes = 0;
  }

  #breakOff(): void {
    if (this.#isClosed) return;
    this.#inbox = [];
    this.#reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    this.#tellSoon();
  }

  /** Moves what waits on to the other end, as far as there is room. */
  #advance(): void {
    const peer = this.#peer;
    if (peer.#isClosed) {
      // Whoever writes to an end that is gone is told by a reset.
      if (this.#queueBytes > 0) this.#breakOff();
      return;
    }
    for (
      let chunk = this.#queue[0];
      chunk !== undefined && peer.#inboxBytes < this.#roomBytes;
      chunk = this.#queue[0]
    ) {
      const taken = chunk.subarray(0, this.#roomBytes - peer.#inboxBytes);
      if (taken.length === chunk.length) this.#queue.shift();
      else this.#queue[0] = chunk.subarray(taken.length);
      this.#queueBytes -= taken.length;
      peer.#inbox.push(taken);
      peer.#inboxBytes += taken.length;
    }
    if (this.#isShut && this.#queueBytes === 0) peer.#isEnding = true;
    peer.#tellSoon();
    if (this.#queueBytes === 0 && this.#owesDrained) this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#tell();
    });
  }

  /** Tells the sink what there is to tell, in order. */
  #tell(): void {
    if (this.#sink !== null && this.#reset !== undefined) {
      const sink = this.#sink;
      this.#end();
      sink.closed(this.#reset);
      return;
    }
    if (this.#owesDrained && this.#queueBytes === 0) {
      this.#owesDrained = false;
      this.#sink?.drained();
    }
    while (this.#sink !== null && !this.#isPaused) {
      const chunk = this.#inbox.shift();
      if (chunk === undefined) break;
      this.#inboxBytes -= chunk.length;
      this.#sink.received(chunk, 0, chunk.length);
      this.#peer.#advance();
    }
    if (
      this.#isEnding &&
      !this.#hasToldEnd &&
      this.#inbox.length === 0 &&
      this.#sink !== null &&
      !this.#isPaused
    ) {
      this.#hasToldEnd = true;
      this.#sink.ended();
    }
  }
}
