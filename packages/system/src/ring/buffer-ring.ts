// Read buffers that the kernel picks from, so that a silent peer needs none.
import { HioloadError } from '@hioload/api';
import type { Libc } from '../libc.js';
import type { Mapping } from '../memory.js';
import { Register } from './abi.js';
import type { RingLedger } from './ring-ledger.js';
import type { Ring } from './ring.js';

/** The sizes of a group of read buffers. */
export interface BufferRingOptions {
  /** The number of the group, 0 to 65,535; entries name it. */
  readonly group: number;
  /** A power of two, 1 to 32,768. */
  readonly buffers: number;
  readonly bufferBytes: number;
}

const BYTES_PER_SLOT = 16;
const WORDS_PER_SLOT = 4;
const LOW_WORDS = 2 ** 32;
/** The tail of the ring lies in unused bytes of its first slot. */
const TAIL_HALF = 7;

/**
 * A group of read buffers of one ring (`IORING_REGISTER_PBUF_RING`, since Linux 5.19). The kernel
 * takes a buffer when bytes come, and names it in the completion. `give` returns a buffer, and
 * `show` lets the kernel see what was given, once a batch.
 */
export class BufferRing {
  /** The memory of all buffers: buffer `id` begins at `id * bufferBytes`. */
  readonly bytes: Uint8Array;
  readonly bufferBytes: number;
  readonly #libc: Libc;
  readonly #memory: Mapping;
  readonly #slots: Mapping;
  readonly #words: Int32Array;
  readonly #halves: Uint16Array;
  readonly #mask: number;
  #given = 0;

  /** @throws HIOLOAD_OPTION_INVALID, HIOLOAD_SYSTEM_CALL */
  constructor(libc: Libc, ring: Ring, { group, buffers, bufferBytes }: BufferRingOptions) {
    if (buffers < 1 || buffers > 32_768 || (buffers & (buffers - 1)) !== 0) {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `buffers must be a power of two from 1 to 32768; got ${buffers}`,
      );
    }
    this.#libc = libc;
    this.bufferBytes = bufferBytes;
    this.#mask = buffers - 1;
    this.#memory = libc.mapMemory(buffers * bufferBytes);
    this.#slots = libc.mapMemory(buffers * BYTES_PER_SLOT);
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#slots.buffer);
    this.#halves = new Uint16Array(this.#slots.buffer);
    // struct io_uring_buf_reg
    const registration = new DataView(new ArrayBuffer(40));
    registration.setBigUint64(0, BigInt(this.#slots.address), true);
    registration.setUint32(8, buffers, true);
    registration.setUint16(12, group, true);
    libc.ioUringRegister(ring.fd, Register.BufferRing, registration, 1);
    for (let id = 0; id < buffers; id++) this.give(id);
    this.show();
  }

  /** The address of a byte of the buffers, for an operation that reads or writes there. */
  addressOf(offset: number): number {
    return this.#memory.address + offset;
  }

  /** Returns a buffer. The kernel may write into it after the next `show`. */
  give(id: number): void {
    const at = (this.#given & this.#mask) * WORDS_PER_SLOT;
    const address = this.#memory.address + id * this.bufferBytes;
    this.#words[at] = (address % LOW_WORDS) | 0;
    this.#words[at + 1] = Math.floor(address / LOW_WORDS);
    this.#words[at + 2] = this.bufferBytes;
    this.#halves[at * 2 + 6] = id;
    this.#given = (this.#given + 1) | 0;
  }

  /** Shows the kernel the buffers that were given. */
  show(): void {
    // Pairs with the kernel's load of the tail: the slots before it are written.
    Atomics.store(this.#halves, TAIL_HALF, this.#given & 0xffff);
  }

  /** Notes the memory in a ledger. */
  noteIn(ledger: RingLedger): void {
    ledger.mapping(this.#memory);
    ledger.mapping(this.#slots);
  }

  /** Frees the memory. The ring must be closed, or have no receive under way. */
  release(): void {
    this.#libc.unmap(this.#slots);
    this.#libc.unmap(this.#memory);
  }
}
