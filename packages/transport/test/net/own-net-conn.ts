// Test support: a network connection that keeps each write.
import type { NetConn, NetSink, WriteLease } from '@hioload/api';
import { frame, head } from '@hioload/test-support/wire';

/**
 * A connection of one's own making: it keeps each write, and the test says what came, what the
 * kernel takes and how it ends. What it shows is how many writes there are, which no socket tells.
 */
export class OwnNetConn implements NetConn {
  readonly remoteAddress = '192.0.2.7';
  /** One entry for each write, as long as it is `open`. */
  readonly writes: Buffer[] = [];
  /** `pause`, `resume`, `shutdown`, `close`, `abort`, as they were called. */
  readonly calls: string[] = [];
  bufferedBytes = 0;
  /** Whether the kernel takes what is written. */
  isTaking = true;
  #sink: NetSink | undefined;

  start(sink: NetSink): void {
    this.#sink = sink;
  }

  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    this.writes.push(Buffer.from(bytes.subarray(start, end)));
    lease?.release();
    if (!this.isTaking) this.bufferedBytes += end - start;
    return this.isTaking;
  }

  pause(): void {
    this.calls.push('pause');
  }

  resume(): void {
    this.calls.push('resume');
  }

  shutdown(): void {
    this.calls.push('shutdown');
  }

  close(): void {
    this.calls.push('close');
  }

  abort(): void {
    this.calls.push('abort');
  }

  /** Bytes of the peer come, in one piece. */
  arrive(...pieces: readonly (Buffer | string)[]): void {
    const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    this.#sink?.received(bytes, 0, bytes.length);
  }

  /** The peer opens its WebSocket, and the answer is put aside. */
  open(...behind: readonly Buffer[]): void {
    this.arrive(head(), ...behind);
  }

  /** The kernel takes what waits. */
  drain(): void {
    this.isTaking = true;
    this.bufferedBytes = 0;
    this.#sink?.drained();
  }

  end(): void {
    this.#sink?.ended();
  }
}

/** Frames of a client, one after the other. */
export const frames = (op: number, texts: readonly string[]): Buffer =>
  Buffer.concat(texts.map((text) => frame(op, text)));
