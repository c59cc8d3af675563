import { FIRST_PARAMETER } from '../shared/region.js';
import { LINE_BYTES, LINE_WORDS } from '../shared/cache-line.js';

/*
 * The words of a ring with one producer and one consumer, fixed slots and lanes alike. One line
 * each:
 *
 *   line 0   descriptor: capacity, slot bytes, and who holds the ends
 *            (written at creation and attachment)
 *   line 1   TAIL: sequence up to which records are visible
 *            (producer stores, consumer loads)
 *   line 2   HEAD: sequence up to which records are consumed
 *            (consumer stores, producer loads)
 *   line 3 ..  the records
 *
 * Each end keeps its own sequence and a copy of the other's in private fields, and looks at the
 * shared word of the other only when the copy says that the ring is full or empty: a line that is
 * written by one core and read by another has to travel, 50 to 100 ns each time, and in a ring that
 * is neither full nor empty none has to.
 *
 * Plain accesses to the records race with nothing. The bytes between HEAD and TAIL are the
 * consumer's, all others the producer's. A byte changes hands only by the store of TAIL, which the
 * consumer loads before it reads, or by the store of HEAD, which the producer loads before it
 * writes again. Atomics are sequentially consistent, so what was written before the store is seen
 * after the load.
 */
export const CAPACITY = FIRST_PARAMETER;
export const SLOT_BYTES = FIRST_PARAMETER + 1;
export const PRODUCER_ROLE = FIRST_PARAMETER + 2;
export const CONSUMER_ROLE = FIRST_PARAMETER + 3;
export const TAIL = LINE_WORDS;
export const HEAD = 2 * LINE_WORDS;
export const RECORDS_BYTE = 3 * LINE_BYTES;

/** How an end of a ring behaves. */
export interface ProducerOptions {
  /**
   * Records gathered before they are made visible without being asked to, 1 or more. Default: 32.
   */
  readonly flushEvery?: number;
}

export interface ConsumerOptions {
  /**
   * Whether freed records are overwritten, so that a view kept too long shows. Default:
   * `HIOLOAD_DEBUG`.
   */
  readonly debug?: boolean;
}

/**
 * Default of `flushEvery`. One store of TAIL costs 20 to 35 ns and takes the line away from the
 * consumer; of 32 records each bears 1 ns of it, and a record waits for at most 31 others.
 */
export const FLUSH_EVERY = 32;
