import { type Admission, AdmissionVerdict, HioloadError, type Limits } from '@hioload/api';

/*
 * One row per reactor; the reactor that owns a row is the only one to write it:
 *
 *   word 0               connections of this reactor
 *   words 16 .. 16+N-1   connections of this reactor whose remote address hashes to the slot
 *                        (N = ADDRESS_SLOTS)
 *
 * The first word has a cache line of its own. Whoever asks books in its own row first and then adds
 * up the column over all rows: of two reactors that reach for the last place at once, at most one
 * gets it. (Both may be refused.) Each store and load is sequentially consistent, so that at least
 * the later of two bookings sees the other.
 */
const ADDRESS_SLOTS = 65_536;
const FIRST_SLOT = 16;
const ROW_WORDS = FIRST_SLOT + ADDRESS_SLOTS;

/** Limits that concern the process as a whole. */
export type AdmissionLimits = Pick<
  Limits,
  'maxConnections' | 'maxConnectionsPerAddress' | 'maxUpgradesPerSecond'
>;

/** Counts of open connections, shared by the reactors of a process. 256 KiB a row. */
export class AdmissionTable {
  readonly buffer: SharedArrayBuffer;
  readonly rows: number;
  readonly #words: Int32Array;

  /** @param source the number of rows of a new table, or the buffer of an existing one */
  constructor(source: number | SharedArrayBuffer) {
    const rowBytes = ROW_WORDS * Int32Array.BYTES_PER_ELEMENT;
    this.buffer = typeof source === 'number' ? new SharedArrayBuffer(source * rowBytes) : source;
    this.rows = this.buffer.byteLength / rowBytes;
    if (!Number.isInteger(this.rows) || this.rows === 0) {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `admission table of ${this.buffer.byteLength} bytes: a positive multiple of ` +
          `${rowBytes} is allowed`,
      );
    }
    this.#words = new Int32Array(this.buffer);
  }

  /**
   * Forgets what a reactor that has ended had booked. Only once its thread is gone, and before the
   * row is given away.
   */
  clear(row: number): void {
    this.#words.fill(0, row * ROW_WORDS, (row + 1) * ROW_WORDS);
  }

  /** Open connections over all rows. */
  connections(): number {
    return this.sum(0);
  }

  /** Adds to a word of one's own row. */
  add(row: number, word: number, amount: 1 | -1): void {
    const at = row * ROW_WORDS + word;
    Atomics.store(this.#words, at, this.#words[at]! + amount);
  }

  /** Adds up a word over all rows. */
  sum(word: number): number {
    let total = 0;
    for (let row = 0; row < this.rows; row++)
      total += Atomics.load(this.#words, row * ROW_WORDS + word);
    return total;
  }
}

/**
 * The word that counts an address. Addresses may share one (FNV-1a): a limit can strike early then,
 * never late.
 */
function slotOf(remoteAddress: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < remoteAddress.length; i++)
    hash = Math.imul(hash ^ remoteAddress.charCodeAt(i), 0x01000193);
  // The high bits of FNV are the better mixed ones.
  return FIRST_SLOT + ((hash >>> 16) ^ (hash & 0xffff));
}

/** Lets connections into one reactor as long as the process has room for them. */
export class SharedAdmission implements Admission {
  readonly #table: AdmissionTable;
  readonly #row: number;
  readonly #limits: AdmissionLimits;
  readonly #now: () => number;
  #open = true;
  #tokens: number;
  #refilledAtMs: number;

  /**
   * @param row the row of `table` that this reactor alone writes @param now milliseconds, never
   * going back
   */
  constructor(
    table: AdmissionTable,
    row: number,
    limits: AdmissionLimits,
    now: () => number = () => performance.now(),
  ) {
    this.#table = table;
    this.#row = row;
    this.#limits = limits;
    this.#now = now;
    this.#tokens = limits.maxUpgradesPerSecond;
    this.#refilledAtMs = now();
  }

  admit(remoteAddress: string): AdmissionVerdict {
    if (!this.#open) return AdmissionVerdict.Draining;
    if (!this.#takeToken()) return AdmissionVerdict.TooFast;
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    this.#table.add(this.#row, 0, 1);
    if (maxConnections > 0 && this.#table.sum(0) > maxConnections) {
      this.#table.add(this.#row, 0, -1);
      return AdmissionVerdict.Full;
    }
    const slot = slotOf(remoteAddress);
    this.#table.add(this.#row, slot, 1);
    if (maxConnectionsPerAddress > 0 && this.#table.sum(slot) > maxConnectionsPerAddress) {
      this.release(remoteAddress);
      return AdmissionVerdict.AddressFull;
    }
    return AdmissionVerdict.Admitted;
  }

  release(remoteAddress: string): void {
    this.#table.add(this.#row, slotOf(remoteAddress), -1);
    this.#table.add(this.#row, 0, -1);
  }

  /** Lets nobody in from now on. */
  close(): void {
    this.#open = false;
  }

  #takeToken(): boolean {
    const perSecond = this.#limits.maxUpgradesPerSecond;
    if (perSecond === 0) return true;
    const nowMs = this.#now();
    this.#tokens = Math.min(
      perSecond,
      this.#tokens + ((nowMs - this.#refilledAtMs) / 1_000) * perSecond,
    );
    this.#refilledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
