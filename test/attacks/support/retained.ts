// Test support: measures the memory that is held after a collection.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate as turn } from 'node:timers/promises';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Bytes that are still held when all garbage is gone: heap, and memory outside of it that objects
 * hold.
 */
export async function retainedBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
