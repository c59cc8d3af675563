// Clients that hold idle connections and answer pings.
import { randomBytes } from 'node:crypto';
import { emptyFrameHeader, Opcode, readFrameHeader } from '@hioload/protocol';
import { ClientSocket, openInBatches, sharedReadBuffer, type Target } from './client-socket.js';
import { FaultWatch } from './fault-watch.js';
import { LoadFault } from './load-fault.js';
import { writeFrame } from './message-cycle.js';

/** Clients that hold idle connections. They answer pings; any other message is a fault. */
export class IdleCrowd {
  readonly #target: Target;
  readonly #shared = sharedReadBuffer();
  readonly #header = emptyFrameHeader();
  readonly #watch = new FaultWatch();
  readonly #clients: ClientSocket[] = [];
  #pings = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The number of pings that came and were answered. */
  get pings(): number {
    return this.#pings;
  }

  /**
   * Opens connections until there are `count`.
   * @throws LoadFault if the server refuses one or `deadlineMs` passes
   */
  async grow(count: number, deadlineMs: number): Promise<void> {
    const opening = openInBatches(count - this.#clients.length, () => this.#open());
    await this.#watch.within(
      opening,
      deadlineMs,
      () => new LoadFault(`not all ${count} connections opened`),
    );
  }

  /**
   * Keeps all connections open for a while.
   * @throws LoadFault if a connection was closed or got something else than a ping, during the call
   * or before
   */
  stay(durationMs: number): Promise<void> {
    return this.#watch.run(durationMs);
  }

  /** Cuts all connections; idempotent. */
  close(): void {
    for (const client of this.#clients) client.close();
  }

  #open(): Promise<void> {
    const index = this.#clients.length;
    return new Promise((resolve) => {
      const client = new ClientSocket(this.#target, this.#shared, {
        opened: resolve,
        read: (chunk, bytes) => this.#read(index, chunk, bytes),
        failed: (what) => this.#watch.fail(new LoadFault(`connection ${index}: ${what}`)),
      });
      this.#clients.push(client);
    });
  }

  /** A ping of a server is short and comes in one piece. */
  #read(index: number, chunk: Buffer, bytes: number): void {
    for (let at = 0; at < bytes;) {
      const start = at + readFrameHeader(chunk, at, bytes, this.#header);
      const end = start + this.#header.payloadBytes;
      if (start <= at || end > bytes || this.#header.opcode !== Opcode.Ping) {
        const got = chunk.toString('hex', at, Math.min(bytes, at + 16));
        this.#watch.fail(new LoadFault(`connection ${index}: got ${got}, which is no ping`));
        return;
      }
      this.#pings += 1;
      const pong = Buffer.alloc(end - start + 6);
      writeFrame(pong, 0, Opcode.Pong, chunk.subarray(start, end), randomBytes(4).readUInt32BE());
      this.#clients[index]!.writer()(pong);
      at = end;
    }
  }
}
