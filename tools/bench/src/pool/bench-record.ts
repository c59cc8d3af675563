// Writes and checks the records of the pool benchmark.

const SHORT_WORDS = 16;

/** Length of a short record. Of a longer record only the two ends are written and checked. */
export const SHORT_BYTES = SHORT_WORDS * Int32Array.BYTES_PER_ELEMENT;

/*
 * The words are written without a loop. On Node 20 a loop over sixteen words takes 19 ns, and the
 * ring takes 11 ns for the whole record. The ring is to be measured, not the loop. A compiler of
 * C++ unrolls such a loop by itself.
 */

/** Writes a short record: `sequence`, `sequence + 1` and so on. */
export function writeRecord(words: Int32Array, at: number, sequence: number): void {
  words[at] = sequence;
  words[at + 1] = sequence + 1;
  words[at + 2] = sequence + 2;
  words[at + 3] = sequence + 3;
  words[at + 4] = sequence + 4;
  words[at + 5] = sequence + 5;
  words[at + 6] = sequence + 6;
  words[at + 7] = sequence + 7;
  words[at + 8] = sequence + 8;
  words[at + 9] = sequence + 9;
  words[at + 10] = sequence + 10;
  words[at + 11] = sequence + 11;
  words[at + 12] = sequence + 12;
  words[at + 13] = sequence + 13;
  words[at + 14] = sequence + 14;
  words[at + 15] = sequence + 15;
}

/** Marks the ends of a long record. */
export function markRecord(
  words: Int32Array,
  at: number,
  recordWords: number,
  sequence: number,
): void {
  words[at] = sequence;
  words[at + recordWords - 1] = sequence;
}

/**
 * Whether a record is the expected one. A short record is checked by its sum, a long one by its
 * ends.
 */
export function isRecord(
  words: Int32Array,
  at: number,
  recordWords: number,
  sequence: number,
): boolean {
  if (recordWords !== SHORT_WORDS)
    return words[at] === sequence && words[at + recordWords - 1] === sequence;
  const sum =
    words[at]! +
    words[at + 1]! +
    words[at + 2]! +
    words[at + 3]! +
    words[at + 4]! +
    words[at + 5]! +
    words[at + 6]! +
    words[at + 7]! +
    words[at + 8]! +
    words[at + 9]! +
    words[at + 10]! +
    words[at + 11]! +
    words[at + 12]! +
    words[at + 13]! +
    words[at + 14]! +
    words[at + 15]!;
  return sum === SHORT_WORDS * sequence + (SHORT_WORDS * (SHORT_WORDS - 1)) / 2;
}
