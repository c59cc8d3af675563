import { LINE_BYTES, LINE_WORDS } from '../shared/cache-line.js';
import { FIRST_PARAMETER } from '../shared/region.js';

/*
 *   line 0     descriptor: capacity, bytes of a slot, and who holds the reading end
 *   line 1     TAIL: sequence up to which slots are claimed       producers exchange
 *   line 2     HEAD: sequence up to which records are consumed    consumer stores, producers load
 *   line 3 ..  slots: TURN, length, payload
 *
 * TURN is the slot's sequence plus 1 once its record is whole. A producer claims a sequence by
 * moving TAIL, writes the record, and stores TURN; the consumer takes records in order, and so
 * waits for the oldest claim. Whoever claims and then stalls holds up the records behind it: this
 * ring is not lock-free, and who cannot afford that uses a lane per producer.
 *
 * Plain accesses: a slot belongs to its claimant from the exchange of TAIL to the store of TURN,
 * then to the consumer up to the store of HEAD, which producers load before they claim it again.
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
