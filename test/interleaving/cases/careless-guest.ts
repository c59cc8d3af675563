// A guest of a slab with a fault, which the search must find.
import type { Slab, SlabGuest } from '@hioload/pool';
import { homeOf, SlabBlocks } from '@hioload/pool/internal';

/** A guest that makes one of the mistakes that a guest of a slab can make. */
export class CarelessGuest implements Pick<SlabGuest, 'bytes' | 'startOf' | 'release'> {
  readonly #blocks: SlabBlocks;
  readonly #fault: string;

  constructor({ buffer, byteOffset }: Slab['region'], fault: string) {
    this.#blocks = new SlabBlocks(new Int32Array(buffer, byteOffset), false);
    this.#fault = fault;
  }

  get bytes(): Uint8Array {
    return this.#blocks.bytes;
  }

  /** The first thing that a holder asks for: one that frees too early has freed by then. */
  startOf(handle: number): number {
    if (this.#fault === 'frees before it reads')
      this.#blocks.sendHome(this.#blocks.drop(handle, 0), 0);
    return this.#blocks.startOf(handle);
  }

  release(handle: number): boolean {
    if (this.#fault === 'frees before it reads') return true;
    const { words } = this.#blocks;
    const header = this.#blocks.headerWord(handle & 0xffff);
    if (this.#fault === 'counts without looking') {
      const references = Atomics.load(words, header) & 0xffff;
      Atomics.store(words, header, references - 1);
      if (references === 1) this.#blocks.sendHome(handle + 0x10000, 0);
      return true;
    }
    const lease = this.#blocks.drop(handle, 0);
    words[this.#blocks.nextWord(lease & 0xffff)] = Atomics.load(words, homeOf(0));
    Atomics.store(words, homeOf(0), ~lease);
    return true;
  }
}
