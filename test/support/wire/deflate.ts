// Compresses and decompresses messages for raw clients.
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const NO_DICTIONARY = Buffer.alloc(0);

/** How one direction of a connection compresses (RFC 7692). */
export interface DeflateTerms {
  /** 8..15. Default: 15. */
  readonly windowBits?: number;
  /** Whether each message may refer to what came before it. */
  readonly takesOver?: boolean;
}

/** Compresses the messages of one direction. */
export function newDeflater({ windowBits = 15, takesOver = false }: DeflateTerms = {}): (
  payload: Uint8Array,
) => Buffer {
  let past: Buffer = NO_DICTIONARY;
  return (payload) => {
    const deflated = deflateRawSync(payload, {
      // zlib has no window of 2^8: without references backwards it does not matter.
      windowBits: Math.max(9, windowBits),
      strategy: windowBits === 8 ? constants.Z_HUFFMAN_ONLY : constants.Z_DEFAULT_STRATEGY,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(past.length > 0 ? { dictionary: past } : {}),
    });
    if (takesOver) past = lastBytes(past, payload, windowBits);
    return deflated.subarray(0, -TAIL.length);
  };
}

/**
 * Turns the messages of one direction back. @throws where a message refers to more than its window
 * holds
 */
export function newInflater({ windowBits = 15, takesOver = false }: DeflateTerms = {}): (
  payload: Buffer,
) => Buffer {
  let past: Buffer = NO_DICTIONARY;
  return (payload) => {
    const inflated = inflateRawSync(Buffer.concat([payload, TAIL]), {
      windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(past.length > 0 ? { dictionary: past } : {}),
    });
    if (takesOver) past = lastBytes(past, inflated, windowBits);
    return inflated;
  };
}

function lastBytes(past: Buffer, more: Uint8Array, windowBits: number): Buffer {
  return Buffer.concat([past, more]).subarray(-(2 ** windowBits));
}
