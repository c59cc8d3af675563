import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 15_000;
const STEP_MS = 5;

/** Waits until something is true, and fails where it does not become true in good time. */
export async function eventually(
  what: string,
  isSo: () => boolean,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > deadline)
      throw new Error(`did not happen within ${patienceMs} ms: ${what}`);
    await delay(STEP_MS);
  }
}
