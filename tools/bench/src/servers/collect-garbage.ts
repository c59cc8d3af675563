// Collects the garbage of this process, in Node or in Bun.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The collector of Bun. */
declare const Bun: undefined | { gc(synchronously: true): void };

/**
 * A finaliser may keep objects until a later turn, so a later collection can free more than the
 * first.
 */
const COLLECTIONS = 3;

/** Collects all garbage of this process, in Node or in Bun. */
export async function collectGarbage(): Promise<void> {
  const collect = typeof Bun === 'undefined' ? collectorOfNode() : () => Bun.gc(true);
  for (let times = 0; times < COLLECTIONS; times += 1) {
    collect();
    await setImmediate();
  }
}

/** The flag also works after the start, for contexts that are made later. */
function collectorOfNode(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
