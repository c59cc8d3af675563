import { HioloadError } from '@hioload/api';
import { type Region, Slab, type SlabGuest } from '@hioload/pool';

/** The slabs that the blocks of other participants lie in, by their numbers. */
export class PeerSlabs {
  readonly #guests = new Map<number, SlabGuest>();
  readonly #pull: () => boolean;

  /**
   * @param pull hears the next of what the supervisor has said and nobody has looked at; false
   * where there is nothing
   */
  constructor(pull: () => boolean) {
    this.#pull = pull;
  }

  get size(): number {
    return this.#guests.size;
  }

  add(number: number, slab: Region): void {
    this.#guests.set(number, Slab.attach(slab).guest());
  }

  /** Lets go of a slab of which no block will be heard of any more. */
  remove(number: number): void {
    this.#guests.delete(number);
  }

  /**
   * The slab of that number. Its owner may lend blocks only when the supervisor has told everybody,
   * so where it is not known the word of it has arrived and waits. @throws HIOLOAD_STATE where
   * there is none
   */
  get(number: number): SlabGuest {
    const guest = this.#find(number);
    if (guest === undefined)
      throw new HioloadError('HIOLOAD_STATE', `slab ${number}: nobody has told of it`);
    return guest;
  }

  /**
   * Gives a block back that came in a record for a predecessor. Its owner may have ended before
   * this participant was told of any slab: then nobody needs it.
   */
  release(number: number, handle: number): void {
    this.#find(number)?.release(handle);
  }

  #find(number: number): SlabGuest | undefined {
    for (;;) {
      const guest = this.#guests.get(number);
      if (guest !== undefined || !this.#pull()) return guest;
    }
  }
}
