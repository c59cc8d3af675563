import type { Affinity } from '@hioload/api';
import { Worker } from 'node:worker_threads';
import type { ReactorSeed } from '../worker/thread-messages.js';

const boot = new URL('../../boot.mjs', import.meta.url);
const fromSource = new URL(import.meta.url).pathname.endsWith('.ts');
const entry = new URL(fromSource ? '../worker/main.ts' : '../worker/main.js', import.meta.url).href;

/** How a thread is bound. */
export interface Pinning {
  readonly affinity: Affinity;
  /** CPUs of the thread to be. */
  readonly cpus: readonly number[];
  /** CPUs that the calling thread goes back to. */
  readonly home: readonly number[];
}

/**
 * Starts a reactor's thread. To have it born on its CPUs, heap and all, the calling thread goes
 * there for the moment of birth: a thread starts with the binding of the thread that starts it.
 */
export function spawnReactor(seed: ReactorSeed, pinning: Pinning | null): Worker {
  const start = (): Worker =>
    new Worker(boot, {
      workerData: { entry, seed },
      transferList: [seed.bus.port],
      name: `reactor-${seed.index}`,
      resourceLimits: { maxOldGenerationSizeMb: seed.heapMb },
    });
  if (pinning === null) return start();
  const { affinity, cpus, home } = pinning;
  const self = affinity.currentThreadId();
  affinity.pin(self, cpus);
  try {
    return start();
  } finally {
    affinity.pin(self, home);
  }
}
