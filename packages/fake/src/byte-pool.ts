import type { ByteLease, BytePool } from '@hioload/api';

const POISON = 0xdd;
/** Blocks start here in their memory, so that whoever takes `start` for 0 is found out. */
const MARGIN = 8;

/** What a {@link FakeBytePool} is built from. */
export interface FakeBytePoolOptions {
  /** Bytes that may be out at a time; a block counts with its capacity. Default: no limit. */
  readonly maxBytes?: number;
}

/**
 * A pool that counts what is out, fills what comes back with 0xdd, so that a use after the release shows, and hands it out
 * again: the last block of a size first.
 */
export class FakeBytePool implements BytePool {
  readonly #maxBytes: number;
  readonly #free = new Map<number, FakeLease[]>();
  /** Blocks that are out, and the bytes they hold. */
  outstanding = 0;
  outstandingBytes = 0;
  /** The most bytes that were ever out at a time. */
  peakBytes = 0;
  /** How often the pool had nothing left to give. */
  exhausted = 0;

  constructor(options: FakeBytePoolOptions = {}) {
    this.#maxBytes = options.maxBytes ?? Infinity;
  }

  acquire(minBytes: number): ByteLease | undefined {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(minBytes, 16)));
    if (this.outstandingBytes + capacity > this.#maxBytes) {
      this.exhausted += 1;
      return undefined;
    }
    this.outstanding += 1;
    this.outstandingBytes += capacity;
    this.peakBytes = Math.max(this.peakBytes, this.outstandingBytes);
    const lease = this.#freeBlocks(capacity).pop() ?? new FakeLease(capacity, (freed) => this.#takeBack(freed));
    lease.isOut = true;
    return lease;
  }

  #takeBack(lease: FakeLease): void {
    this.outstanding -= 1;
    this.outstandingBytes -= lease.end - lease.start;
    this.#freeBlocks(lease.end - lease.start).push(lease);
  }

  #freeBlocks(capacity: number): FakeLease[] {
    let blocks = this.#free.get(capacity);
    if (blocks === undefined) this.#free.set(capacity, (blocks = []));
    return blocks;
  }
}

class FakeLease implements ByteLease {
  readonly bytes: Uint8Array;
  readonly start = MARGIN;
  readonly end: number;
  readonly #takeBack: (lease: FakeLease) => void;
  isOut = false;

  constructor(capacity: number, takeBack: (lease: FakeLease) => void) {
    this.bytes = new Uint8Array(capacity + 2 * MARGIN).fill(POISON);
    this.end = MARGIN + capacity;
    this.#takeBack = takeBack;
  }

  release(): void {
    if (!this.isOut) return;
    this.isOut = false;
    this.bytes.fill(POISON);
    this.#takeBack(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
