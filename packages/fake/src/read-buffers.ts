/* Read buffers that a connection in memory lends, like the provided buffers of io_uring. */
import { HioloadError, type NetSink, type ReadLease, type WriteLease } from '@hioload/api';

/** The octet that fills a returned buffer, so that a late use of the buffer shows. */
const GIVEN_BACK = 0xdd;

/** A fixed number of buffers of one size. */
export class FakeReadBuffers {
  readonly #free: Uint8Array[];
  readonly #onFree: () => void;

  /** @param onFree called when a buffer comes back while no other buffer is free */
  constructor(count: number, byteLength: number, onFree: () => void) {
    this.#free = Array.from({ length: count }, () => new Uint8Array(byteLength));
    this.#onFree = onFree;
  }

  get areAllRetained(): boolean {
    return this.#free.length === 0;
  }

  /** Reads a chunk into a free buffer and hands it to the sink. */
  lend(sink: NetSink, chunk: Uint8Array): void {
    const buffer = this.#free.pop();
    if (buffer === undefined)
      throw new HioloadError('HIOLOAD_STATE', 'a read while all read buffers are retained');
    buffer.set(chunk);
    const loan = new Loan(() => {
      buffer.fill(GIVEN_BACK);
      this.#free.push(buffer);
      if (this.#free.length === 1) this.#onFree();
    });
    const own = loan.retain();
    sink.received(buffer, 0, chunk.length, loan);
    loan.isOver = true;
    own.release();
  }
}

/** The loan of one buffer. */
class Loan implements ReadLease {
  /** Whether the call of `received` has returned. */
  isOver = false;
  readonly #giveBack: () => void;
  #holds = 0;

  constructor(giveBack: () => void) {
    this.#giveBack = giveBack;
  }

  retain(): WriteLease {
    if (this.isOver)
      throw new HioloadError('HIOLOAD_LEASE_ENDED', 'retain() after received() has returned');
    this.#holds += 1;
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld)
          throw new HioloadError('HIOLOAD_LEASE_ENDED', 'a read lease was released twice');
        isHeld = false;
        this.#holds -= 1;
        if (this.#holds === 0) this.#giveBack();
      },
    };
  }
}
