/* The words of a ring of many producers in shared memory. */
import { LINE_BYTES, LINE_WORDS } from '../shared/cache-line.js';
import { FIRST_PARAMETER } from '../shared/region.js';

/*
 *   line 0     descriptor: capacity, bytes of a slot, and who holds the reading end
 *   line 1     TAIL: sequence up to which slots are claimed       producers exchange
 *   line 2     HEAD: sequence up to which records are consumed    consumer stores, producers load
 *   line 3 ..  slots: TURN, length, payload
 *
 * TURN is the sequence of the slot plus 1 once the record is whole. A producer claims a sequence by
 * an exchange of TAIL, writes the record, and stores TURN. The consumer takes records in order, so
 * it waits for the oldest claim. A producer that claims and then stalls holds up the records behind
 * its claim: this ring is not lock-free. Use a lane for each producer where that does not do.
 *
 * The accesses to records are plain. A slot belongs to its producer from the exchange of TAIL to
 * the store of TURN, and then to the consumer up to the store of HEAD. Producers load HEAD before
 * they claim the slot again.
 */
export const CAPACITY = FIRST_PARAMETER;
export const SLOT_BYTES = FIRST_PARAMETER + 1;
export const CONSUMER_ROLE = FIRST_PARAMETER + 2;
export const TAIL = LINE_WORDS;
export const HEAD = 2 * LINE_WORDS;
export const SLOTS_BYTE = 3 * LINE_BYTES;
/** Words of a slot before its payload. */
export const TURN = 0;
export const LENGTH = 1;
export const SLOT_HEADER_BYTES = 8;

/** The first word of the slot of a sequence. */
export function slotWord(sequence: number, capacity: number, slotBytes: number): number {
  return (SLOTS_BYTE + (sequence & (capacity - 1)) * (SLOT_HEADER_BYTES + slotBytes)) >> 2;
}
