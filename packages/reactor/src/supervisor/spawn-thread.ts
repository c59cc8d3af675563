/** Starts the thread of a reactor on the CPUs of the reactor. */
import type { Affinity } from '@hioload/api';
import { Worker } from 'node:worker_threads';
import type { ReactorSeed } from '../worker/thread-messages.js';

const boot = new URL('../../boot.mjs', import.meta.url);
const fromSource = new URL(import.meta.url).pathname.endsWith('.ts');
const entry = new URL(fromSource ? '../worker/main.ts' : '../worker/main.js', import.meta.url).href;

/** How a thread is bound. */
export interface Pinning {
  readonly affinity: Affinity;
  /** CPUs of the new thread. */
  readonly cpus: readonly number[];
  /** CPUs that the calling thread returns to. */
  readonly home: readonly number[];
}

/**
 * Starts the thread of a reactor. A thread inherits the binding of the thread that starts it, so
 * the calling thread moves to the CPUs of the reactor, starts the thread there and moves back. The
 * heap of the reactor then lies on the right node from the start.
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
  let worker: Worker;
  try {
    worker = start();
  } catch (error) {
    affinity.pin(self, home);
    throw error;
  }
  try {
    affinity.pin(self, home);
  } catch (error) {
    // Nobody would know of the thread. It holds no native handle yet, so it may be terminated.
    void worker.terminate();
    throw error;
  }
  return worker;
}
