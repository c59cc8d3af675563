/* The words of a ring with one producer and one consumer. */
import { FIRST_PARAMETER } from '../shared/region.js';
import { LINE_BYTES, LINE_WORDS } from '../shared/cache-line.js';

/*
 * Rings of fixed slots and lanes have the same words. Each word has a line of its own:
 *
 *   line 0   descriptor: capacity, slot bytes, and who holds the ends
 *            (written at creation and attachment)
 *   line 1   TAIL: sequence up to which records are visible
 *            (producer stores, consumer loads)
 *   line 2   HEAD: sequence up to which records are consumed
 *            (consumer stores, producer loads)
 *   line 3 ..  the records
 *
 * Each end keeps its own sequence, and a copy of the other sequence, in private fields. It looks at
 * the shared word of the other end only when the copy says that the ring is full or empty. A line
 * that one core writes and another core reads has to travel, 50 to 100 ns each time. In a ring that
 * is neither full nor empty no line has to travel.
 *
 * Plain accesses to the records race with nothing. The bytes between HEAD and TAIL belong to the
 * consumer, and all other bytes to the producer. A byte changes hands only by the store of TAIL,
 * which the consumer loads before it reads, or by the store of HEAD, which the producer loads
 * before it writes again. Atomics are sequentially consistent, so a thread sees after the load all
 * that the other thread wrote before the store.
 */
export const CAPACITY = FIRST_PARAMETER;
export const SLOT_BYTES = FIRST_PARAMETER + 1;
export const PRODUCER_ROLE = FIRST_PARAMETER + 2;
export const CONSUMER_ROLE = FIRST_PARAMETER + 3;
export const TAIL = LINE_WORDS;
export const HEAD = 2 * LINE_WORDS;
export const RECORDS_BYTE = 3 * LINE_BYTES;

/** Options of the writing end of a ring. */
export interface ProducerOptions {
  /** After so many records the producer shows them by itself, 1 or more. Default: 32. */
  readonly flushEvery?: number;
}

export interface ConsumerOptions {
  /**
   * Whether freed records are overwritten, so that the use of an old view shows. Default:
   * `HIOLOAD_DEBUG`.
   */
  readonly debug?: boolean;
}

/**
 * Default of `flushEvery`. A store of TAIL costs 20 to 35 ns and takes the line away from the
 * consumer. With 32 records each record bears 1 ns of it, and a record waits for at most 31 others.
 */
export const FLUSH_EVERY = 32;
