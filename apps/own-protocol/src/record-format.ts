/*
 * The protocol: records of a sensor, one behind the other on any stream of bytes.
 *
 *   octet 0      kind: 1 reading, 2 note
 *   octet 1..3   length of the body, big-endian
 *   octet 4..    body
 */

export const RecordKind = { Reading: 1, Note: 2 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

export const HEADER_BYTES = 4;
/** Longest body that a decoder accepts. */
export const MAX_BODY_BYTES = 65_536;

/** The receiver of decoded records. The bytes are valid until the call returns. */
export type RecordSink = (kind: RecordKind, bytes: Uint8Array, start: number, end: number) => void;

/** The rules that a peer can break. */
export type RecordFault = 'unknown-kind' | 'body-too-long' | 'no-memory';
