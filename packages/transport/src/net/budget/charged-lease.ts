/* The lease on a block that an account pays for. */
import { HioloadError, type Lease } from '@hioload/api';
import type { Account, Ledger } from './account.js';

/** The most leases that wait to be lent again. */
const MAX_IDLE = 4_096;
const NOTHING = new Uint8Array(0);

/**
 * Passes a lease on and tells the budget of its end. The object is lent over and over, so nobody
 * may touch it after its end.
 */
export class ChargedLease implements Lease {
  readonly #budget: Ledger;
  readonly #idle: ChargedLease[];
  #account: Account | null = null;
  #inner: Lease | null = null;
  #leases = 0;
  bytes = NOTHING;
  start = 0;
  capacity = 0;

  /** @param idle takes the object after its end */
  constructor(budget: Ledger, idle: ChargedLease[]) {
    this.#budget = budget;
    this.#idle = idle;
  }

  begin(inner: Lease, account: Account): void {
    this.#inner = inner;
    this.#account = account;
    this.#leases = 1;
    this.bytes = inner.bytes as Uint8Array<ArrayBuffer>;
    this.start = inner.start;
    this.capacity = inner.capacity;
  }

  view(byteLength?: number): Uint8Array {
    return this.#lent().view(byteLength);
  }

  retain(): Lease {
    this.#lent();
    this.#leases += 1;
    return this;
  }

  release(): void {
    const inner = this.#inner;
    if (inner === null) return;
    this.#leases -= 1;
    if (this.#leases > 0) return;
    const account = this.#account!;
    this.#inner = this.#account = null;
    // A lease that waits must not keep the block of its last loan alive.
    this.bytes = NOTHING;
    this.#budget.add(account, -this.capacity);
    inner.release();
    if (this.#idle.length < MAX_IDLE) this.#idle.push(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #lent(): Lease {
    if (this.#inner !== null) return this.#inner;
    throw new HioloadError('HIOLOAD_LEASE_ENDED', 'the lease of a block was released before');
  }
}
