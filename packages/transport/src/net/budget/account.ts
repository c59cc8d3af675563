/* What one connection holds of the memory budget. */
import type { BlockStats, BytePool, Lease } from '@hioload/api';

/** The owner of an account: a connection, or a handshake on its way to one. */
export interface Holder {
  /**
   * Gives back all memory that can come back now, and takes no more. Calls no hook: the caller may
   * be anywhere in the transport.
   */
  giveMemoryBack(): void;
  /** Ends the connection that gave its memory back. Called at the end of the turn. */
  leaveForMemory(): void;
}

/** The accounts of one peer that hold memory for longer than a turn. */
export interface AddressShare {
  /** As `addressKey` writes it. */
  readonly key: string;
  heldBytes: number;
  readonly accounts: Set<Account>;
}

/** The budget, as its accounts and leases see it. */
export interface Ledger extends Pick<BytePool, 'maxBlockBytes' | 'stats'> {
  /** Lends a block. @returns null where nobody else can be made to give memory back */
  lend(account: Account, byteLength: number): Lease | null;
  /** Asks for memory outside of the pool. @returns false where there is none */
  charge(account: Account, byteLength: number): boolean;
  /** Counts bytes, negative where they come back. */
  add(account: Account, byteLength: number): void;
  /** The account holds memory for longer than a turn. */
  note(account: Account): void;
  /** The account cannot lose any more, or holds nothing. */
  forget(account: Account): void;
}

/** The pool of one connection: it lends blocks of the budget, and counts them. */
export class Account implements BytePool {
  readonly holder: Holder | null;
  readonly remoteAddress: string;
  heldBytes = 0;
  /** Null while the account holds nothing for longer than a turn. */
  share: AddressShare | null = null;
  readonly #budget: Ledger;

  constructor(budget: Ledger, holder: Holder | null, remoteAddress: string) {
    this.#budget = budget;
    this.holder = holder;
    this.remoteAddress = remoteAddress;
  }

  get maxBlockBytes(): number {
    return this.#budget.maxBlockBytes;
  }

  acquire(byteLength: number): Lease | null {
    return this.#budget.lend(this, byteLength);
  }

  stats(): readonly BlockStats[] {
    return this.#budget.stats();
  }

  /** Asks for memory outside of the pool. @returns false where there is none */
  charge(byteLength: number): boolean {
    return this.#budget.charge(this, byteLength);
  }

  /** Gives back what was charged. */
  credit(byteLength: number): void {
    this.#budget.add(this, -byteLength);
  }

  /** Tells that the account holds memory beyond this turn. Without this, it never loses any. */
  keep(): void {
    if (this.share === null && this.heldBytes > 0) this.#budget.note(this);
  }

  /** The holder has ended. What it still holds comes back later. */
  close(): void {
    this.#budget.forget(this);
  }
}
