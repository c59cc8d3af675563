// An io_uring: the kernel takes operations from one queue and posts completions to another.
import { HioloadError } from '@hioload/api';
import type { Libc } from '../libc.js';
import type { Mapping } from '../memory.js';
import {
  COMPLETION_BYTES,
  ENTER_GET_EVENTS,
  ENTRIES_OFFSET,
  ENTRY_BYTES,
  FEATURES,
  type Op,
  PARAMETER_WORDS,
  QUEUE_OVERFLOW,
  Register,
  SetupFlag,
} from './abi.js';
import type { RingLedger } from './ring-ledger.js';

/** The sizes of both queues, powers of two. */
export interface RingOptions {
  /** Entries that wait for one call of `submit`; 1 to 32,768. */
  readonly entries: number;
  /** Completions that wait for one call of `reap`; at least as many as entries, to 65,536. */
  readonly completions: number;
}

/** The receiver of completions. */
export interface CompletionSink {
  /**
   * An operation has ended or, with the flag `More`, has made a step.
   * @param low and `high`: the words that the operation was prepared with
   * @param result not negative where it succeeded, a negative errno where not
   */
  completed(low: number, high: number, result: number, flags: number): void;
}

const WORDS_PER_ENTRY = ENTRY_BYTES / 4;
const WORDS_PER_COMPLETION = COMPLETION_BYTES / 4;

/**
 * One io_uring of one thread. The kernel works only while this thread is in `submit`, so
 * completions come when the thread asks for them and never interrupt it
 * (IORING_SETUP_DEFER_TASKRUN, since Linux 6.1). Source: io_uring(7) and liburing.
 *
 * An entry has 16 words. A caller takes one by {@link prepare}, which sets what all operations
 * have, and writes the other words at the index that it returned.
 */
export class Ring {
  readonly fd: number;
  /** All entries, as words. */
  readonly entryWords: Int32Array;
  readonly entryHalves: Uint16Array;
  readonly entryBytes: Uint8Array;
  readonly #libc: Libc;
  readonly #fd: bigint;
  /** The queues, and the table of entries. */
  readonly #mappings: readonly [Mapping, Mapping];
  readonly #words: Int32Array;
  readonly #sqHead: number;
  readonly #sqTail: number;
  readonly #sqFlags: number;
  readonly #sqMask: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  readonly #cqMask: number;
  readonly #completions: number;
  /** The index behind the last prepared entry. Indices only grow, and wrap at 2^32. */
  #tail: number;
  #isOpen = true;

  /**
   * Makes a ring for the calling thread.
   * @throws HIOLOAD_SYSTEM_CALL where the kernel forbids it, lacks it or lacks a feature of it
   */
  constructor(libc: Libc, { entries, completions }: RingOptions) {
    const parameters = new Uint32Array(PARAMETER_WORDS);
    parameters[1] = completions;
    parameters[2] =
      SetupFlag.CompletionCount |
      SetupFlag.SubmitAll |
      SetupFlag.SingleIssuer |
      SetupFlag.DeferTaskRun;
    this.#libc = libc;
    this.fd = libc.ioUringSetup(entries, parameters);
    this.#fd = BigInt(this.fd);
    const wanted = FEATURES.SingleMapping | FEATURES.NoDrop;
    if ((parameters[5]! & wanted) !== wanted) {
      libc.close(this.fd);
      throw new HioloadError(
        'HIOLOAD_SYSTEM_CALL',
        'io_uring_setup: the kernel lacks a feature (IORING_FEAT_SINGLE_MMAP, _NODROP)',
      );
    }
    const sq = parameters.subarray(10, 20);
    const cq = parameters.subarray(20, 30);
    const [sqEntries = 0, cqEntries = 0] = parameters;
    const queueBytes = Math.max(sq[6]! + sqEntries * 4, cq[5]! + cqEntries * COMPLETION_BYTES);
    const queues = libc.mapDescriptor(this.fd, queueBytes, 0n);
    const table = libc.mapDescriptor(this.fd, sqEntries * ENTRY_BYTES, ENTRIES_OFFSET);
    this.#mappings = [queues, table];
    this.entryWords = new Int32Array(table.buffer);
    this.entryHalves = new Uint16Array(table.buffer);
    this.entryBytes = new Uint8Array(table.buffer);
    const words = new Int32Array(queues.buffer, 0, queueBytes >> 2);
    this.#words = words;
    this.#sqHead = sq[0]! >> 2;
    this.#sqTail = sq[1]! >> 2;
    this.#sqFlags = sq[4]! >> 2;
    this.#sqMask = sqEntries - 1;
    this.#cqHead = cq[0]! >> 2;
    this.#cqTail = cq[1]! >> 2;
    this.#completions = cq[5]! >> 2;
    this.#cqMask = cqEntries - 1;
    this.#tail = words[this.#sqTail]!;
    // The kernel reads the entries by a table of indices. Here entry i always stands at index i.
    const indices = sq[6]! >> 2;
    for (let i = 0; i < sqEntries; i++) words[indices + i] = i;
  }

  /** Whether the kernel keeps completions that had no room in the queue. */
  get isOverflowing(): boolean {
    return (Atomics.load(this.#words, this.#sqFlags) & QUEUE_OVERFLOW) !== 0;
  }

  /** Entries that are prepared and not yet taken by the kernel. */
  get waiting(): number {
    // Pairs with the kernel's store of the head: an entry before it may be written again.
    return (this.#tail - Atomics.load(this.#words, this.#sqHead)) | 0;
  }

  /**
   * Prepares an entry. Where the queue is full, the kernel takes what waits first.
   * @param fd the descriptor that the operation works on
   * @param low and `high`: what the completion will carry
   * @returns the index of the first word of the entry in {@link entryWords}; the words that the
   * operation does not need are 0
   * @throws HIOLOAD_SYSTEM_CALL where the kernel takes nothing
   */
  prepare(operation: Op, fd: number, low: number, high: number): number {
    if (this.waiting > this.#sqMask && this.#enter(0) <= 0) {
      throw new HioloadError(
        'HIOLOAD_SYSTEM_CALL',
        `io_uring_enter takes none of ${this.waiting} entries`,
      );
    }
    const at = (this.#tail & this.#sqMask) * WORDS_PER_ENTRY;
    this.#tail = (this.#tail + 1) | 0;
    const words = this.entryWords;
    words.fill(0, at, at + WORDS_PER_ENTRY);
    words[at] = operation;
    words[at + 1] = fd;
    words[at + 8] = low;
    words[at + 9] = high;
    return at;
  }

  /**
   * Hands all prepared entries to the kernel, and lets it post the completions that are due.
   * @param least completions to wait for; 0 does not wait
   * @returns entries that the kernel took, or a negative errno: -EBUSY (-16) where completions have
   * to be reaped first, -EINTR (-4), -EAGAIN (-11) without memory. Then the entries wait
   */
  submit(least = 0): number {
    return this.#enter(least);
  }

  #enter(least: number): number {
    // Pairs with the kernel's load of the tail: the entries before it are written.
    Atomics.store(this.#words, this.#sqTail, this.#tail);
    return this.#libc.ioUringEnter(this.#fd, this.waiting, least, ENTER_GET_EVENTS);
  }

  /**
   * Hands the completions of the queue to a sink, oldest first. The sink may prepare operations.
   * @param most completions of this call @returns how many there were
   */
  reap(sink: CompletionSink, most: number): number {
    const words = this.#words;
    let head = words[this.#cqHead]!;
    // Pairs with the kernel's store of the tail: the completions before it are written.
    const ready = (Atomics.load(words, this.#cqTail) - head) | 0;
    const count = Math.min(ready, most);
    for (let i = 0; i < count; i++) {
      const at = this.#completions + (head & this.#cqMask) * WORDS_PER_COMPLETION;
      const low = words[at]!;
      const high = words[at + 1]!;
      const result = words[at + 2]!;
      const flags = words[at + 3]!;
      head = (head + 1) | 0;
      // Pairs with the kernel's load of the head: the slot may be written again. The store comes
      // before the call, so a sink that throws loses nothing and sees no completion twice.
      Atomics.store(words, this.#cqHead, head);
      sink.completed(low, high, result, flags);
    }
    return count;
  }

  /**
   * Notes in a ledger what the ring holds.
   * @param acceptLow the low word of every accept that the ring is given
   */
  noteIn(ledger: RingLedger, acceptLow: number): void {
    const [queues, table] = this.#mappings;
    const places = {
      head: this.#cqHead,
      tail: this.#cqTail,
      mask: this.#cqMask,
      first: this.#completions,
    };
    ledger.ring(this.fd, queues, places, acceptLow);
    ledger.mapping(table);
  }

  /** Has the kernel count the completions in an eventfd, which wakes the thread. */
  wakeBy(eventFd: number): void {
    this.#libc.ioUringRegister(this.fd, Register.EventFd, Int32Array.of(eventFd), 1);
  }

  /**
   * Cancels every operation. The completions of cancelled operations follow.
   * @returns operations that were cancelled
   */
  cancelAll(): number {
    // struct io_uring_sync_cancel_reg: flags ALL | ANY, a timeout of 0 s and 0 ns.
    const request = new Int32Array(16);
    request[2] = -1;
    request[3] = CANCEL_ALL | CANCEL_ANY;
    return this.#libc.ioUringRegister(this.fd, Register.SyncCancel, request, 1);
  }

  /**
   * Closes the ring. The kernel may write into buffers of operations under way, so cancel and reap
   * first. A second call does nothing.
   */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const mapping of this.#mappings) this.#libc.unmap(mapping);
    this.#libc.close(this.fd);
  }
}

const CANCEL_ALL = 1 << 0;
const CANCEL_ANY = 1 << 2;
