/** Closes many connections gently, spread over time. */
import type { WebSocketConn } from '@hioload/api';
import { setTimeout as delay } from 'node:timers/promises';

/** Length of a slice: much shorter than a deadline, long enough for several connections. */
const SLICE_MS = 25;

/** How connections are closed gently. */
export interface GentleClose {
  readonly code: number;
  readonly reason: string;
  /** Time over which to spread the closes, in milliseconds; 0 closes all at once. */
  readonly spreadMs: number;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
}

/**
 * Ends connections in random order, in slices at random moments over `spreadMs`. Their clients try
 * to come back, and this keeps them from all coming at once.
 */
export async function closeGently(
  conns: WebSocketConn[],
  { code, reason, spreadMs, random }: GentleClose,
): Promise<void> {
  shuffle(conns, random);
  const slices = Math.min(conns.length, Math.max(1, Math.floor(spreadMs / SLICE_MS)));
  const started = performance.now();
  for (let slice = 0; slice < slices; slice++) {
    const moment = started + ((slice + random()) / slices) * spreadMs;
    // Timers follow another clock. By this clock they may fire a millisecond or two early.
    for (let now = performance.now(); now < moment; now = performance.now())
      await delay(moment - now);
    const from = Math.floor((slice * conns.length) / slices);
    const to = Math.floor(((slice + 1) * conns.length) / slices);
    for (const conn of conns.slice(from, to)) endQuietly(conn, code, reason);
  }
}

/**
 * Ends a connection. The application may have given the connection an `end` of its own, or the
 * transport is one of the user: one that throws must not keep the others from their end.
 */
export function endQuietly(conn: WebSocketConn, code: number, reason: string): void {
  try {
    conn.end(code, reason);
  } catch {
    // The connection is cut when the transport closes.
  }
}

/** Shuffles a list in place, by the method of Fisher and Yates. */
function shuffle(list: unknown[], random: () => number): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
}
