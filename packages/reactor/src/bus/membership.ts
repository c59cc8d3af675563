import type { Region } from '@hioload/pool';
import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';

/** What the supervisor says about who is on the bus. */
export type MembershipNotice =
  /**
   * A participant is going to lend blocks of a slab. Said to everybody before it may lend the
   * first.
   */
  | { readonly type: 'slab'; readonly number: number; readonly row: number; readonly slab: Region }
  /** The owner of a slab has ended. */
  | { readonly type: 'ended'; readonly number: number; readonly row: number }
  /** Everybody knows of the slab of this reactor, and this one of theirs: it may publish. */
  | { readonly type: 'admitted' };

/** What `receiveMessageOnPort` finds. */
interface Received {
  readonly message: unknown;
}

/**
 * Hears what the supervisor says about the bus: as it comes, or at once where it cannot be waited
 * for.
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

  /** Hears the next notice that has arrived and was not heard yet. False where there is none. */
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
    // Until here the port alone keeps the thread alive; from here on a reactor lives as long as its
    // transport does.
    this.#port.unref();
    this.#resolveAdmitted();
  }
}
