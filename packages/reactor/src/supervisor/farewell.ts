/** Waits at the end of a drain until peers have the last bytes. */
import { setTimeout as delay } from 'node:timers/promises';
import { takeSocketCensus } from './socket-census.js';

const LOOK_MS = 10;
/** The time that a peer has to close its side after our close frame, in milliseconds. */
const ANSWER_MS = 1_000;
/** The time for the last bytes if the system does not show its sockets, in milliseconds. */
const BLIND_MS = 500;

/**
 * Waits until the peers of a port have our last bytes and have closed their side, or `deadlineMs`
 * have passed.
 */
export async function awaitFarewell(port: number, deadlineMs: number): Promise<void> {
  const started = performance.now();
  for (;;) {
    const waitedMs = performance.now() - started;
    const census = await takeSocketCensus(port);
    if (census === undefined) return void (await delay(Math.min(BLIND_MS, deadlineMs)));
    const { undelivered, unanswered } = census;
    if (
      waitedMs >= deadlineMs ||
      (undelivered === 0 && (unanswered === 0 || waitedMs >= ANSWER_MS))
    )
      return;
    await delay(LOOK_MS);
  }
}
