/* A connection of bytes in memory, for tests. */
import { HioloadError, type NetConn, type NetSink, type WriteLease } from '@hioload/api';
import { FakeReadBuffers } from './read-buffers.js';

/** The options of a pair of connections in memory. */
export interface FakeNetOptions {
  /**
   * The most bytes on their way to each end, like the buffers of a kernel. Further bytes wait at
   * the end that wrote them. Default: 64 KiB.
   */
  readonly roomBytes?: number;
  /** The address of the client, as the server sees it. Default: `127.0.0.1`. */
  readonly remoteAddress?: string;
  /**
   * The number of read buffers that each end owns and lends. Default: 0. An end without read
   * buffers lends none, and then the bytes are valid only until the sink returns.
   */
  readonly readBuffers?: number;
}

const DEFAULT_ROOM_BYTES = 65_536;

/** A write whose bytes have not left yet. */
interface Waiting {
  readonly bytes: Uint8Array;
  start: number;
  readonly end: number;
  readonly lease: WriteLease | undefined;
}

/**
 * One end of a connection in memory. Bytes that are written to one end come out of the other end,
 * in a microtask and in the pieces in which they were written.
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
  readonly #readBuffers: FakeReadBuffers | null;
  #peer!: FakeNetConn;
  #sink: NetSink | null = null;
  /** Bytes that have arrived and have not been read. */
  #arrived: Uint8Array[] = [];
  #arrivedBytes = 0;
  /** Writes for which the other end has no room yet. */
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #isPaused = false;
  #isDue = false;
  #owesDrained = false;
  #isShut = false;
  #isClosed = false;
  /** Whether the bytes that have arrived are the last ones. */
  #isEnding = false;
  #hasToldEnd = false;
  #reset: Error | undefined;

  private constructor(remoteAddress: string, roomBytes: number, readBuffers: number) {
    this.remoteAddress = remoteAddress;
    this.#roomBytes = roomBytes;
    this.#readBuffers =
      readBuffers === 0
        ? null
        : new FakeReadBuffers(readBuffers, roomBytes, () => this.#tellSoon());
  }

  /** Makes both ends of a connection. */
  static pair(options: FakeNetOptions = {}): [server: FakeNetConn, client: FakeNetConn] {
    const {
      roomBytes = DEFAULT_ROOM_BYTES,
      remoteAddress = '127.0.0.1',
      readBuffers = 0,
    } = options;
    const server = new FakeNetConn(remoteAddress, roomBytes, readBuffers);
    const client = new FakeNetConn('127.0.0.1', roomBytes, readBuffers);
    server.#peer = client;
    client.#peer = server;
    return [server, client];
  }

  /** Whether the owner has ended this end, or the other end has reset it. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#waitingBytes;
  }

  start(sink: NetSink): void {
    this.#sink = sink;
    this.#tellSoon();
  }

  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    if (this.#isClosed) {
      lease?.release();
      return false;
    }
    if (this.#isShut) {
      lease?.release();
      throw new HioloadError('HIOLOAD_STATE', 'write after shutdown; allowed before');
    }
    const length = end - start;
    // `slice` would not do: the slice of a Buffer is no copy.
    this.#waiting.push(
      lease === undefined
        ? { bytes: new Uint8Array(bytes.subarray(start, end)), start: 0, end: length, lease }
        : { bytes, start, end, lease },
    );
    this.#waitingBytes += length;
    this.#advance();
    this.#owesDrained ||= this.#waitingBytes > 0;
    return this.#waitingBytes === 0;
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
    this.#arrived = [];
    this.#arrivedBytes = this.#waitingBytes = 0;
    for (const { lease } of this.#waiting.splice(0)) lease?.release();
  }

  #breakOff(): void {
    if (this.#isClosed) return;
    this.#arrived = [];
    this.#reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    this.#tellSoon();
  }

  /** Moves waiting bytes to the other end as far as there is room. */
  #advance(): void {
    const peer = this.#peer;
    if (peer.#isClosed) {
      // The other end has ended: it answers a write with a reset.
      if (this.#waitingBytes > 0) this.#breakOff();
      return;
    }
    for (
      let write = this.#waiting[0];
      write !== undefined && peer.#arrivedBytes < this.#roomBytes;
      write = this.#waiting[0]
    ) {
      const length = Math.min(write.end - write.start, this.#roomBytes - peer.#arrivedBytes);
      // Lent memory is read only here, as late as a kernel reads it.
      peer.#arrived.push(new Uint8Array(write.bytes.subarray(write.start, write.start + length)));
      peer.#arrivedBytes += length;
      this.#waitingBytes -= length;
      write.start += length;
      if (write.start < write.end) continue;
      this.#waiting.shift();
      write.lease?.release();
    }
    if (this.#isShut && this.#waitingBytes === 0) peer.#isEnding = true;
    peer.#tellSoon();
    if (this.#waitingBytes === 0 && this.#owesDrained) this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#tell();
    });
  }

  /** Tells the sink everything that has happened, in order. */
  #tell(): void {
    if (this.#sink !== null && this.#reset !== undefined) {
      const sink = this.#sink;
      this.#end();
      sink.closed(this.#reset);
      return;
    }
    if (this.#owesDrained && this.#waitingBytes === 0) {
      this.#owesDrained = false;
      this.#sink?.drained();
    }
    while (this.#sink !== null && !this.#isPaused && this.#readBuffers?.areAllRetained !== true) {
      const chunk = this.#arrived.shift();
      if (chunk === undefined) break;
      this.#arrivedBytes -= chunk.length;
      if (this.#readBuffers === null) this.#sink.received(chunk, 0, chunk.length);
      else this.#readBuffers.lend(this.#sink, chunk);
      this.#peer.#advance();
    }
    if (
      this.#isEnding &&
      !this.#hasToldEnd &&
      this.#arrived.length === 0 &&
      this.#sink !== null &&
      !this.#isPaused
    ) {
      this.#hasToldEnd = true;
      this.#sink.ended();
    }
  }
}
