// Writes and checks the payload of a message that crosses from one reactor to another.
import { LoadFault } from '../../load/load-fault.js';

/**
 * The shortest message. A message holds its number, then the time of its sending, and its number
 * again at the end.
 */
export const MIN_CROSS_BYTES = 16;

/**
 * Writes a message over the last one.
 * @param sentNs any clock of the machine, modulo 2^32
 */
export function writeMessage(target: Buffer, number: number, sentNs: number): void {
  writeWord(target, 0, number);
  writeWord(target, 4, sentNs);
  writeWord(target, target.length - 4, number);
}

/**
 * Writes octet by octet, as the reader reads. Three calls of `writeUInt32LE` would make the writer
 * a fourth slower, and the benchmark would then measure the writer.
 */
function writeWord(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

/**
 * Reads octet by octet. A message may be a plain `Uint8Array`, and a view for it would cost more
 * than the message.
 */
function readWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}

/**
 * Checks a message.
 * @throws LoadFault if it is not message number `due`, or not whole
 */
export function checkMessage(bytes: Uint8Array, length: number, due: number): void {
  const number = readWord(bytes, 0);
  if (bytes.length !== length)
    throw new LoadFault(`message ${due} has ${bytes.length} bytes, not ${length}`);
  if (number !== due)
    throw new LoadFault(`message ${number} came where ${due} was due: lost, repeated or moved`);
  const last = readWord(bytes, length - 4);
  if (last !== due) throw new LoadFault(`the end of message ${due} belongs to ${last}: torn`);
}

/** The time at which a message was sent, modulo 2^32. */
export function sentAt(bytes: Uint8Array): number {
  return readWord(bytes, 4);
}

/** Nanoseconds of the clock that all threads of the machine share, modulo 2^32. */
export function nowNs(): number {
  return Number(process.hrtime.bigint() & 0xffff_ffffn);
}
