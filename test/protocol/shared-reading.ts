// Test support: reads several connections through one buffer and one pool.
import type { ExtensionSession } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import type { ProtocolViolation } from '@hioload/protocol';
import type { Prng } from '@hioload/test-support/random';
import { ourReader } from './our-reader.js';
import type { Outcome } from './reference-reader.js';

/** One connection among those that are read. */
export interface Reading {
  readonly session: Buffer;
  readonly isServer: boolean;
  readonly extension?: ExtensionSession;
}

const BUFFER_BYTES = 16_384;
const CANARY = 0xa5;
const CANARY_BYTES = 64;

/**
 * Kept, as that of a reactor is: what the codec remembers of it, it remembers from case to case.
 */
const buffer = new Uint8Array(BUFFER_BYTES + 7).subarray(7);

/**
 * Reads several connections in turn through one buffer and one pool, chunk by chunk, each chunk at
 * any place in the buffer.
 * @throws whatever a reader throws; Error where one touches what lies around its chunk, or keeps a
 * block
 */
export function readInTurn(
  random: Prng,
  readings: readonly Reading[],
  limits: { readonly maxMessageBytes: number; readonly maxFragments: number },
): readonly Outcome[] {
  const pool = new FakeBytePool();
  const connections = readings.map(({ session, isServer, extension }) => {
    const options = { ...limits, isServer, ...(extension === undefined ? {} : { extension }) };
    return {
      ...ourReader(options, pool),
      session,
      at: 0,
      violation: undefined as ProtocolViolation | undefined,
    };
  });
  const waiting = connections.filter(({ session }) => session.length > 0);
  const longest = random.pick([7, 100, 2_000, BUFFER_BYTES]);
  while (waiting.length > 0) {
    const which = random.below(waiting.length);
    const connection = waiting[which]!;
    const length = Math.min(
      connection.session.length - connection.at,
      1 + random.below(longest),
      BUFFER_BYTES,
    );
    // Where the last one lay, as with reads into a fixed place, or anywhere.
    const start = random.oneIn(2) ? 0 : random.below(BUFFER_BYTES - length + 1);
    const end = start + length;
    buffer.fill(CANARY, Math.max(0, start - CANARY_BYTES), end + CANARY_BYTES);
    buffer.set(connection.session.subarray(connection.at, connection.at + length), start);
    connection.violation = connection.reader.read(buffer, start, end);
    for (
      let at = Math.max(0, start - CANARY_BYTES);
      at < Math.min(BUFFER_BYTES, end + CANARY_BYTES);
      at++
    ) {
      if ((at < start || at >= end) && buffer[at] !== CANARY)
        throw new Error(`octet ${at} is not of ${start}..${end}`);
    }
    connection.at += length;
    if (connection.at === connection.session.length) waiting.splice(which, 1);
  }
  for (const { reader } of connections) reader.stop();
  if (pool.outstanding !== 0) throw new Error(`${pool.outstanding} blocks were not given back`);
  return connections.map(({ events, violation }) => ({ events, code: violation?.closeCode ?? 0 }));
}
