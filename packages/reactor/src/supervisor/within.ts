/** Waits for work, but no longer than a time limit. */
import type { Clock } from '@hioload/api';

/**
 * Waits for `work`, but no longer than `limitMs`. Resolves with whether the work ended in time.
 * Rejects if the work rejects in time.
 */
export async function settlesWithin(
  clock: Clock,
  limitMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => resolve(false));
    work.then(
      () => {
        cancel();
        resolve(true);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
