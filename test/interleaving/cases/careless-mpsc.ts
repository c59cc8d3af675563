// A push of many producers with a fault, which the search must find.
import type { Region } from '@hioload/pool';
import { mpscLayout } from '@hioload/pool/internal';

export type CarelessFault = 'claims without exchange' | 'takes its turn before it writes';

const { CAPACITY, HEAD, LENGTH, SLOT_BYTES, SLOT_HEADER_BYTES, slotWord, TAIL, TURN } = mpscLayout;

/** `MpscProducer.tryPush` with one of the mistakes that it could make. */
export function pushCarelessly(region: Region, fault: CarelessFault, record: Uint8Array): boolean {
  const words = new Int32Array(region.buffer, region.byteOffset);
  const bytes = new Uint8Array(region.buffer, region.byteOffset);
  const [capacity, slotBytes] = [words[CAPACITY]!, words[SLOT_BYTES]!];
  const sequence = Atomics.load(words, TAIL);
  if (sequence - Atomics.load(words, HEAD) >= capacity) return false;
  const slot = slotWord(sequence, capacity, slotBytes);
  if (fault === 'claims without exchange') Atomics.store(words, TAIL, sequence + 1);
  else if (Atomics.compareExchange(words, TAIL, sequence, sequence + 1) !== sequence) return false;
  if (fault === 'takes its turn before it writes') Atomics.store(words, slot + TURN, sequence + 1);
  words[slot + LENGTH] = record.length;
  bytes.set(record, (slot << 2) + SLOT_HEADER_BYTES);
  if (fault === 'claims without exchange') Atomics.store(words, slot + TURN, sequence + 1);
  return true;
}
