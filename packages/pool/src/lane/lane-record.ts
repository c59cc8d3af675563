/*
 * A record of a lane begins at a multiple of 8:
 *
 *   4 bytes      header: payload bytes << 3 | pad, or FILLER
 *   pad bytes    0..7, so that the payload begins at the offset of its source modulo 8
 *   payload
 *   0..7 bytes   up to the next multiple of 8
 *
 * A record never wraps. Where a record does not fit before the end of the ring, FILLER takes the
 * rest of the lap.
 */
export const RECORD_HEADER_BYTES = 4;

/**
 * The lap ends here, and the next record is at the start of the ring. The header of a record is
 * never negative.
 */
export const FILLER = -1;

const PAD_BITS = 3;
const ALIGNMENT = 8;

/** Most bytes that a record takes besides its payload: header and pad, without the last padding. */
export const OVERHEAD_BYTES = RECORD_HEADER_BYTES + ALIGNMENT - 1;

/** The pad of a payload whose source begins at an offset. */
export function padFor(likeOffset: number): number {
  return (likeOffset - RECORD_HEADER_BYTES) & (ALIGNMENT - 1);
}

/** The bytes that a record takes in the ring. */
export function recordBytes(pad: number, payloadBytes: number): number {
  return (RECORD_HEADER_BYTES + pad + payloadBytes + ALIGNMENT - 1) & -ALIGNMENT;
}

export function encodeHeader(pad: number, payloadBytes: number): number {
  return (payloadBytes << PAD_BITS) | pad;
}

export function padOfRecord(header: number): number {
  return header & (ALIGNMENT - 1);
}

export function payloadBytesOfRecord(header: number): number {
  return header >> PAD_BITS;
}
