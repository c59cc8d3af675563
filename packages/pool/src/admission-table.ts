/* The limits of connections that all reactors of a process keep together. */
import {
  type Admission,
  addressKey,
  AdmissionVerdict,
  HioloadError,
  type Limits,
} from '@hioload/api';
import { createHash, randomFillSync } from 'node:crypto';

/*
 * The table begins with a random seed, which all threads of the process share. A row for each
 * reactor follows. Only the reactor that owns a row writes to the row:
 *
 *   word 0               connections of this reactor
 *   words 16 .. 16+N-1   connections of this reactor, by the hash of their remote address
 *                        (N = ADDRESS_BUCKETS)
 *
 * The first word has a cache line of its own. A reactor books in its own row first, and then adds
 * up the column over all rows. When two reactors reach for the last place at once, at most one of
 * them gets it, and both may be refused. Each store and load is sequentially consistent, so that at
 * least the later of two bookings sees the other.
 */
const SEED_WORDS = 16;
const ADDRESS_BUCKETS = 65_536;
const FIRST_BUCKET = 16;
const ROW_WORDS = FIRST_BUCKET + ADDRESS_BUCKETS;

/** The limits of the process as a whole. */
export type AdmissionLimits = Pick<
  Limits,
  'maxConnections' | 'maxConnectionsPerAddress' | 'maxUpgradesPerSecond' | 'ipv6PrefixBits'
>;

/** The counts of open connections, which the reactors of a process share. A row takes 256 KiB. */
export class AdmissionTable {
  readonly buffer: SharedArrayBuffer;
  readonly rows: number;
  readonly #words: Int32Array;
  readonly #seed: Buffer;

  /** @param source the number of rows of a new table, or the buffer of an existing one */
  constructor(source: number | SharedArrayBuffer) {
    const rowBytes = ROW_WORDS * Int32Array.BYTES_PER_ELEMENT;
    const seedBytes = SEED_WORDS * Int32Array.BYTES_PER_ELEMENT;
    const isNew = typeof source === 'number';
    this.buffer = isNew ? new SharedArrayBuffer(seedBytes + source * rowBytes) : source;
    this.rows = (this.buffer.byteLength - seedBytes) / rowBytes;
    if (!Number.isInteger(this.rows) || this.rows <= 0) {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `an admission table must have ${seedBytes} bytes and a positive multiple of ` +
          `${rowBytes}; got ${this.buffer.byteLength}`,
      );
    }
    this.#words = new Int32Array(this.buffer, seedBytes);
    const seed = new Uint8Array(this.buffer, 0, seedBytes);
    if (isNew) randomFillSync(seed);
    this.#seed = Buffer.from(seed);
  }

  /**
   * The word that counts an address. Two addresses may share a word, but nobody can choose such
   * addresses: the hash begins with the seed. A limit then strikes early, never late.
   * @param key a remote address as {@link addressKey} writes it
   */
  wordOf(key: string): number {
    const hash = createHash('sha256').update(this.#seed).update(key).digest();
    return FIRST_BUCKET + hash.readUInt16LE(0);
  }

  /**
   * Forgets the bookings of a reactor that has ended. Call it when the thread is gone, and before
   * the row has a new owner.
   */
  clear(row: number): void {
    this.#words.fill(0, row * ROW_WORDS, (row + 1) * ROW_WORDS);
  }

  /** Open connections over all rows. */
  connections(): number {
    return this.sum(0);
  }

  /** Adds to a word of the own row of the caller. */
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

/** Admits connections to one reactor as long as the process has room for them. */
export class SharedAdmission implements Admission {
  readonly #table: AdmissionTable;
  readonly #row: number;
  readonly #limits: AdmissionLimits;
  readonly #now: () => number;
  #open = true;
  #tokens: number;
  #refilledAtMs: number;
  /** The last address that was looked up, and its word. */
  #lastAddress = '';
  #lastWord = 0;

  /**
   * @param row the row of `table` that only this reactor writes
   * @param now milliseconds that never go back
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
    const bucket = this.#wordOf(remoteAddress);
    this.#table.add(this.#row, bucket, 1);
    if (maxConnectionsPerAddress > 0 && this.#table.sum(bucket) > maxConnectionsPerAddress) {
      this.release(remoteAddress);
      return AdmissionVerdict.AddressFull;
    }
    return AdmissionVerdict.Admitted;
  }

  release(remoteAddress: string): void {
    this.#table.add(this.#row, this.#wordOf(remoteAddress), -1);
    this.#table.add(this.#row, 0, -1);
  }

  /** Admits nobody from now on. */
  close(): void {
    this.#open = false;
  }

  /** The word of an address; many connections in a row come from one address. */
  #wordOf(remoteAddress: string): number {
    if (remoteAddress !== this.#lastAddress || this.#lastWord === 0) {
      this.#lastWord = this.#table.wordOf(addressKey(remoteAddress, this.#limits.ipv6PrefixBits));
      this.#lastAddress = remoteAddress;
    }
    return this.#lastWord;
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
