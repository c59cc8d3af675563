/* The memory that all connections of a reactor may hold, and who loses memory when it is full. */
import {
  addressKey,
  type BlockStats,
  type BytePool,
  type Lease,
  type Limits,
  Metric,
  type Metrics,
} from '@hioload/api';
import { Account, type AddressShare, type Holder, type Ledger } from './account.js';
import { ChargedLease } from './charged-lease.js';

/**
 * A request of at most this many bytes may use the reserve: answers, control frames, close frames
 * and short messages.
 */
const SMALL_BYTES = 16_384;
/** The part of the budget that only small requests may use, and its largest size. */
const RESERVE_PART = 8;
const MAX_RESERVE_BYTES = 2 ** 25;
/**
 * Once connections lose memory, they go on losing it until this part of the limit is free. So the
 * search through all connections is rare.
 */
const SLACK_PART = 16;
/** Memory counts as short for this many reports after a connection last lost its memory. */
const SHORT_REPORTS = 40;

/** The parts of a budget. */
export interface MemoryBudgetParts {
  readonly pool: BytePool;
  readonly limits: Pick<Limits, 'maxHeldBytes' | 'maxHeldBytesPerAddress' | 'ipv6PrefixBits'>;
  readonly metrics: Metrics;
}

/**
 * Lends the blocks of a pool to accounts, and knows what each account holds. When the budget or the
 * share of one address is full, the accounts that hold the most lose their memory, beginning with
 * those of the address that holds the most. Their memory comes back at once. Their connections are
 * told at the end of the turn, because a hook of an application may be running now.
 *
 * A budget is also a pool, for memory that belongs to no connection.
 */
export class MemoryBudget implements BytePool, Ledger {
  readonly #pool: BytePool;
  readonly #metrics: Metrics;
  readonly #prefixBits: number;
  readonly #maxBytes: number;
  /** The bytes that large requests may use: all but the reserve. */
  readonly #openBytes: number;
  readonly #maxAddressBytes: number;
  readonly #own: Account;
  readonly #idleLeases: ChargedLease[] = [];
  readonly #shares = new Map<string, AddressShare>();
  #losers: Holder[] = [];
  #heldBytes = 0;
  #reportedBytes = 0;
  /** The number of reports for which memory still counts as short. */
  #shortReports = 0;

  constructor({ pool, limits, metrics }: MemoryBudgetParts) {
    this.#pool = pool;
    this.#metrics = metrics;
    this.#prefixBits = limits.ipv6PrefixBits;
    this.#maxBytes = limits.maxHeldBytes;
    this.#openBytes =
      this.#maxBytes - Math.min(MAX_RESERVE_BYTES, Math.floor(this.#maxBytes / RESERVE_PART));
    this.#maxAddressBytes = limits.maxHeldBytesPerAddress || Infinity;
    this.#own = new Account(this, null, '');
  }

  /** Bytes of all blocks on loan, and of all charges. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get maxBlockBytes(): number {
    return this.#pool.maxBlockBytes;
  }

  acquire(byteLength: number): Lease | null {
    return this.lend(this.#own, byteLength);
  }

  stats(): readonly BlockStats[] {
    return this.#pool.stats();
  }

  /** Opens an account. @param holder loses the memory of the account when memory is short */
  open(holder: Holder, remoteAddress: string): Account {
    return new Account(this, holder, remoteAddress);
  }

  lend(account: Account, byteLength: number): Lease | null {
    const inner = this.#hasRoom(account, byteLength) ? this.#pool.acquire(byteLength) : null;
    if (inner === null) return this.#refuse();
    const lease = this.#idleLeases.pop() ?? new ChargedLease(this, this.#idleLeases);
    lease.begin(inner, account);
    this.add(account, inner.capacity);
    return lease;
  }

  charge(account: Account, byteLength: number): boolean {
    if (!this.#hasRoom(account, byteLength)) {
      this.#refuse();
      return false;
    }
    this.add(account, byteLength);
    return true;
  }

  add(account: Account, byteLength: number): void {
    this.#heldBytes += byteLength;
    account.heldBytes += byteLength;
    const { share } = account;
    if (share === null) return;
    share.heldBytes += byteLength;
    if (account.heldBytes === 0) this.forget(account);
  }

  note(account: Account): void {
    if (account.share !== null || account.heldBytes === 0 || account.holder === null) return;
    const key = addressKey(account.remoteAddress, this.#prefixBits);
    let share = this.#shares.get(key);
    if (share === undefined) {
      share = { key, heldBytes: 0, accounts: new Set() };
      this.#shares.set(key, share);
    }
    share.accounts.add(account);
    share.heldBytes += account.heldBytes;
    account.share = share;
    const excess = share.heldBytes - this.#maxAddressBytes;
    if (excess > 0)
      shed(share, share.heldBytes - excess - this.#slack(this.#maxAddressBytes), null, this);
  }

  forget(account: Account): void {
    const { share } = account;
    if (share === null) return;
    account.share = null;
    share.heldBytes -= account.heldBytes;
    share.accounts.delete(account);
    if (share.accounts.size === 0) this.#shares.delete(share.key);
  }

  /** Takes the memory of an account away, and tells its holder at the end of the turn. */
  strip(account: Account): void {
    const { holder } = account;
    this.forget(account);
    if (holder === null) return;
    this.#metrics.add(Metric.ConnectionsShed, 1);
    this.#noteShortage();
    holder.giveMemoryBack();
    if (this.#losers.push(holder) === 1) setImmediate(this.#tellLosers);
  }

  /** Brings the gauges up to date. The sweep calls this four times a second. */
  report(): void {
    if (this.#shortReports > 0) {
      this.#shortReports -= 1;
      if (this.#shortReports === 0) this.#metrics.add(Metric.MemoryShort, -1);
    }
    this.#metrics.add(Metric.HeldBytes, this.#heldBytes - this.#reportedBytes);
    this.#reportedBytes = this.#heldBytes;
  }

  /** Makes room for a request, if there is none. The hot path ends at the first comparison. */
  #hasRoom(account: Account, byteLength: number): boolean {
    const { share } = account;
    if (share !== null && share.heldBytes + byteLength > this.#maxAddressBytes) {
      const goal = this.#maxAddressBytes - this.#slack(this.#maxAddressBytes) - byteLength;
      shed(share, goal, account, this);
      // The account itself holds the most, so this account loses its memory.
      if (share.heldBytes + byteLength > this.#maxAddressBytes) return false;
    }
    if (this.#heldBytes + byteLength <= this.#openBytes) return true;
    this.#shedToRoom(account, this.#openBytes - this.#slack(this.#openBytes) - byteLength);
    const limit = byteLength <= SMALL_BYTES ? this.#maxBytes : this.#openBytes;
    return this.#heldBytes + byteLength <= limit;
  }

  #refuse(): null {
    this.#metrics.add(Metric.MemoryRefused, 1);
    this.#noteShortage();
    return null;
  }

  #noteShortage(): void {
    if (this.#shortReports === 0) this.#metrics.add(Metric.MemoryShort, 1);
    this.#shortReports = SHORT_REPORTS;
  }

  #slack(bytes: number): number {
    return Math.floor(bytes / SLACK_PART);
  }

  /** Sheds the accounts of the addresses that hold the most, until `goal` bytes are held. */
  #shedToRoom(spared: Account, goal: number): void {
    while (this.#heldBytes > goal && this.#shares.size > 0) {
      const before = this.#heldBytes;
      const shares = [...this.#shares.values()].sort((a, b) => b.heldBytes - a.heldBytes);
      // Each address above half of the largest one is brought down to that half. Then all addresses
      // are compared again.
      const level = shares[0]!.heldBytes / 2;
      for (const share of shares) {
        if (this.#heldBytes <= goal || share.heldBytes < level) break;
        const wanted = share.heldBytes - (this.#heldBytes - goal);
        shed(share, Math.max(wanted, level), spared, this);
      }
      if (this.#heldBytes === before) return;
    }
  }

  readonly #tellLosers = (): void => {
    const losers = this.#losers;
    this.#losers = [];
    for (const holder of losers) holder.leaveForMemory();
  };
}

/** Sheds the largest accounts of an address until it holds `goal` bytes, but not `spared`. */
function shed(
  share: AddressShare,
  goal: number,
  spared: Account | null,
  budget: MemoryBudget,
): void {
  // The sort is stable: of two equal accounts the older one loses its memory.
  const accounts = [...share.accounts].sort((a, b) => b.heldBytes - a.heldBytes);
  for (const account of accounts) {
    if (share.heldBytes <= goal) return;
    if (account !== spared) budget.strip(account);
  }
}
