// Test support: cuts the bytes of a case into writes.
import type { RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';

/** How the bytes of a case are cut: a write for each frame, for each octet, or one for all. */
export const CUTS = ['frames', 'octets', 'glued'] as const;
export type Cut = (typeof CUTS)[number];

/**
 * What is cut into octets: so many at the start and at the end; between them pieces, or it would
 * take minutes.
 */
const OCTETS_AT_START = 700;
const OCTETS_AT_END = 100;
const PIECE_BYTES = 8_191;

/** The writes that units of bytes come to. */
export function cutUp(units: readonly Buffer[], cut: Cut): readonly Buffer[] {
  if (cut === 'frames') return units;
  const all = Buffer.concat(units);
  return cut === 'glued' ? [all] : octetsOf(all);
}

function octetsOf(bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  const lastOctets = bytes.length - OCTETS_AT_END;
  for (let at = 0; at < bytes.length;) {
    const isOctet = at < OCTETS_AT_START || at >= lastOctets;
    const end = isOctet ? at + 1 : Math.min(at + PIECE_BYTES, lastOctets);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

/**
 * Writes pieces, each in a turn of its own, so that a server on this thread reads each by itself.
 * Stops where the server ends the connection.
 */
export async function writePieces(client: RawClient, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (client.isEnded) return;
    client.write(piece);
    await turn();
  }
}
