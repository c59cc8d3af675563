// Collects the garbage of this process, in Node or in Bun.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bun's door to its collector. */
declare const Bun: undefined | { gc(synchronously: true): void };

/** What a first collection frees may be what a finaliser had kept until a later turn. */
const COLLECTIONS = 3;

/** Collects all garbage of this process, in Node or in Bun. */
export async function collectGarbage(): Promise<void> {
  const collect = typeof Bun === 'undefined' ? collectorOfNode() : () => Bun.gc(true);
  for (let times = 0; times < COLLECTIONS; times += 1) {
    collect();
    await setImmediate();
  }
}

/** The flag works after the start too, in contexts that are made from then on. */
function collectorOfNode(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
