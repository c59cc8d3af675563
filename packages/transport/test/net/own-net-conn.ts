// Test support: a network connection that keeps each write.
import type { NetConn, NetSink, WriteLease } from '@hioload/api';
import { frame, head } from '@hioload/test-support/wire';

/**
 * A connection that a test controls. It keeps each write; the test decides which bytes come,
 * whether the kernel takes bytes, and how the connection ends. It shows the number of writes, which
 * no socket shows.
 */
export class OwnNetConn implements NetConn {
  readonly remoteAddress: string;
  /** One entry for each write, as long as it is `open`. */
  readonly writes: Buffer[] = [];
  /** The calls of `pause`, `resume`, `shutdown`, `close` and `abort`, in order. */
  readonly calls: string[] = [];
  bufferedBytes = 0;
  /** Whether the kernel takes written bytes. */
  isTaking = true;
  #sink: NetSink | undefined;

  constructor(remoteAddress = '192.0.2.7') {
    this.remoteAddress = remoteAddress;
  }

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

  /** Lets bytes of the peer arrive in one piece. */
  arrive(...pieces: readonly (Buffer | string)[]): void {
    const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    this.#sink?.received(bytes, 0, bytes.length);
  }

  /** The peer opens its WebSocket. The answer is removed from `writes`. */
  open(...behind: readonly Buffer[]): void {
    this.arrive(head(), ...behind);
  }

  /** Lets the kernel take the waiting bytes. */
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
