// Test support: a network connection that reads the memory of a write as late as possible.
import type { NetConn, NetSink, WriteLease } from '@hioload/api';
import { FrameReader } from '@hioload/test-support/wire';

interface Write {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly lease: WriteLease | undefined;
}

const HEAD_END = '\r\n\r\n';

/**
 * A connection that looks at what it was given as late as it may: what is lent to a write is read
 * when the write ends, so that memory which went to somebody else meanwhile shows.
 */
export class LazyNetConn implements NetConn {
  readonly remoteAddress = '192.0.2.9';
  readonly reader = new FrameReader();
  /** Whether writes wait until `drain`. */
  isSlow = false;
  isClosed = false;
  #sink: NetSink | null = null;
  #writes: Write[] = [];
  #head: Buffer | null = Buffer.alloc(0);

  get bufferedBytes(): number {
    return this.isClosed ? 0 : this.#writes.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  start(sink: NetSink): void {
    this.#sink = sink;
  }

  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    if (this.isClosed) {
      lease?.release();
      return false;
    }
    const isLent = lease !== undefined;
    this.#writes.push(
      isLent
        ? { bytes, start, end, lease }
        : { bytes: bytes.slice(start, end), start: 0, end: end - start, lease },
    );
    if (this.isSlow) return false;
    this.#complete();
    return true;
  }

  pause(): void {}

  resume(): void {}

  shutdown(): void {}

  close(): void {
    this.isClosed = true;
    this.#sink = null;
  }

  abort(): void {
    this.close();
  }

  /** Bytes of the peer. */
  arrive(bytes: Uint8Array, start: number, end: number): void {
    this.#sink?.received(bytes, start, end);
  }

  /** The peer takes what waits. */
  drain(): void {
    const isDue = this.bufferedBytes > 0;
    this.isSlow = false;
    this.#complete();
    if (isDue) this.#sink?.drained();
  }

  /** The peer is gone; what is in flight is given up later, by `drain`. */
  cut(): void {
    const sink = this.#sink;
    this.close();
    sink?.closed(undefined);
  }

  #complete(): void {
    for (const { bytes, start, end, lease } of this.#writes.splice(0)) {
      if (!this.isClosed) this.#take(Buffer.from(bytes.slice(start, end)));
      lease?.release();
    }
  }

  #take(bytes: Buffer): void {
    if (this.#head === null) {
      this.reader.push(bytes);
      return;
    }
    this.#head = Buffer.concat([this.#head, bytes]);
    const at = this.#head.indexOf(HEAD_END);
    if (at < 0) return;
    const rest = this.#head.subarray(at + HEAD_END.length);
    this.#head = null;
    if (rest.length > 0) this.reader.push(rest);
  }
}
