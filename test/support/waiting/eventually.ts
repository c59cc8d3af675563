// Waits until a condition holds, for things that no event reports.

const DEADLINE_MS = 10_000;
const POLL_MS = 2;

/**
 * Waits until a condition holds. The function polls, because no event reports the condition: it
 * depends on sockets or processes that the test does not own.
 * @param what names the condition in the error
 */
export async function eventually(
  what: string,
  holds: () => boolean,
  patienceMs = DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * Lets everything run that can run by now: promises, and what was put off to the end of the turn.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
