// Says why this process can make no io_uring, for tests that need one.
import type { LibcDoor } from '../../src/index.js';
import { Ring } from '../../src/internal.js';

/** The reason, or undefined where a ring can be made. */
export function whyNoRing(door: LibcDoor): string | undefined {
  if (!door.ok) return door.reason;
  try {
    new Ring(door.libc, { entries: 1, completions: 1 }).close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
