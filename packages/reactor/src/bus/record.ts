/*
 * A record between reactors, at a multiple of 4 bytes:
 *
 *   word 0     kind | binary << 2 | leased << 3 | pad << 4 | topic bytes << 8
 *   word 1     publish: hash of the topic          send, end: low half of the connection's id
 *   word 2     publish: when, in microseconds      send, end: high half
 *              that wrap, or 0 for most
 *   leased:
 *   word 3     number of the slab
 *   word 4     handle of the block
 *   word 5     bytes of the payload
 *   end:
 *   word 3     close code
 *   then       the topic, in UTF-8
 *   then       pad, 0..7 bytes, and the payload; a leased payload begins `pad` bytes after the
 *              beginning of its block
 *
 * The pad has the payload begin at the offset of its source modulo 8: copies into shared memory are
 * ten times slower else.
 */
export const RecordKind = { Publish: 0, Send: 1, End: 2 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

export const HEADER_BYTES = 12;
export const LEASED_HEADER_BYTES = 24;
export const END_HEADER_BYTES = 16;

export const SLAB_WORD = 3;
export const HANDLE_WORD = 4;
export const LENGTH_WORD = 5;
export const CODE_WORD = 3;

/**
 * Offset modulo 8 at which a record begins in its lane: behind the header of the lane, without a
 * gap.
 */
export const RECORD_OFFSET = 4;

const BINARY_BIT = 1 << 2;
const LEASED_BIT = 1 << 3;
const PAD_SHIFT = 4;
const TOPIC_SHIFT = 8;

export function encodeHead(
  kind: RecordKind,
  isBinary: boolean,
  isLeased: boolean,
  pad: number,
  topicBytes: number,
): number {
  const flags = (isBinary ? BINARY_BIT : 0) | (isLeased ? LEASED_BIT : 0);
  return kind | flags | (pad << PAD_SHIFT) | (topicBytes << TOPIC_SHIFT);
}

export function kindOf(head: number): number {
  return head & 3;
}

export function isBinary(head: number): boolean {
  return (head & BINARY_BIT) !== 0;
}

export function isLeased(head: number): boolean {
  return (head & LEASED_BIT) !== 0;
}

export function padOf(head: number): number {
  return (head >> PAD_SHIFT) & 7;
}

export function topicBytesOf(head: number): number {
  return head >>> TOPIC_SHIFT;
}

/** The low 32 bits of a connection's id. */
export function lowHalf(id: number): number {
  return id | 0;
}

export function highHalf(id: number): number {
  return Math.floor(id / 2 ** 32);
}

export function joinHalves(low: number, high: number): number {
  return high * 2 ** 32 + (low >>> 0);
}
