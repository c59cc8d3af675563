/* Who is on the bus, as the supervisor tells a reactor, and the slabs of these participants. */
import { HioloadError } from '@hioload/api';
import { type Region, Slab, type SlabGuest } from '@hioload/pool';
import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';

/** What the supervisor tells about the participants of the bus. */
export type MembershipNotice =
  /** A participant will lend blocks of a slab. Everybody is told before the first block is lent. */
  | { readonly type: 'slab'; readonly number: number; readonly row: number; readonly slab: Region }
  /** The owner of a slab has ended. */
  | { readonly type: 'ended'; readonly number: number; readonly row: number }
  /**
   * All participants know the slab of this reactor, and this reactor knows theirs: it may publish.
   */
  | { readonly type: 'admitted' };

/** The result of `receiveMessageOnPort`. */
interface Received {
  readonly message: unknown;
}

/**
 * Hears the notices of the supervisor: as they come, or at once where the caller cannot wait for
 * them.
 */
export class Membership {
  /** Resolves when the reactor may publish. */
  readonly admitted: Promise<void>;
  readonly #port: MessagePort;
  readonly #onNotice: (notice: MembershipNotice) => void;
  #resolveAdmitted!: () => void;

  constructor(port: MessagePort, onNotice: (notice: MembershipNotice) => void) {
    this.#port = port;
    this.#onNotice = onNotice;
    this.admitted = new Promise((resolve) => {
      this.#resolveAdmitted = resolve;
    });
    port.on('message', (notice: MembershipNotice) => this.#hear(notice));
  }

  /** Hears the next notice that has arrived. @returns false where no notice waits */
  readonly pull = (): boolean => {
    const received: Received | undefined = receiveMessageOnPort(this.#port);
    if (received === undefined) return false;
    this.#hear(received.message as MembershipNotice);
    return true;
  };

  close(): void {
    this.#port.close();
  }

  #hear(notice: MembershipNotice): void {
    if (notice.type !== 'admitted') return this.#onNotice(notice);
    // Until now this port alone has kept the thread alive. From now on the transport decides how
    // long the thread lives.
    this.#port.unref();
    this.#resolveAdmitted();
  }
}

/** The slabs of the other participants, by their numbers. */
export class PeerSlabs {
  readonly #guests = new Map<number, SlabGuest>();
  readonly #pull: () => boolean;

  /** @param pull hears the next notice of the supervisor; returns false where no notice waits */
  constructor(pull: () => boolean) {
    this.#pull = pull;
  }

  get size(): number {
    return this.#guests.size;
  }

  add(number: number, slab: Region): void {
    this.#guests.set(number, Slab.attach(slab).guest());
  }

  /** Lets go of a slab. No record will name a block of that slab any more. */
  remove(number: number): void {
    this.#guests.delete(number);
  }

  /**
   * The slab of a number. The owner lends blocks only after the supervisor has told everybody, so
   * the notice about an unknown slab waits in the port. @throws HIOLOAD_STATE where none waits
   */
  get(number: number): SlabGuest {
    const guest = this.#find(number);
    if (guest === undefined)
      throw new HioloadError('HIOLOAD_STATE', `the supervisor has not told of slab ${number}`);
    return guest;
  }

  /**
   * Gives a block back that came in a record for a predecessor. The owner may have ended before
   * this participant was told of any slab. Nobody needs the block then.
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
