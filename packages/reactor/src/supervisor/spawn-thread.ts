/** Starts the thread of a reactor on the CPUs of the reactor. */
import type { Affinity } from '@hioload/api';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
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

/** The thread of a reactor, and the supervisor's end of the channel to it. */
export interface SpawnedReactor {
  readonly worker: Worker;
  /**
   * Carries the commands and the reports. It belongs to the framework alone: the thread takes its
   * end out of `workerData` before it loads the application. So the application cannot post
   * reports.
   */
  readonly port: MessagePort;
}

/**
 * Starts the thread of a reactor. A thread inherits the binding of the thread that starts it, so
 * the calling thread moves to the CPUs of the reactor, starts the thread there and moves back. The
 * heap of the reactor then lies on the right node from the start.
 */
export function spawnReactor(seed: ReactorSeed, pinning: Pinning | null): SpawnedReactor {
  const start = (): SpawnedReactor => {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(boot, {
      workerData: { entry, seed, port: port2 },
      transferList: [seed.bus.port, port2],
      name: `reactor-${seed.index}`,
      resourceLimits: { maxOldGenerationSizeMb: seed.heapMb },
    });
    return { worker, port: port1 };
  };
  if (pinning === null) return start();
  const { affinity, cpus, home } = pinning;
  const self = affinity.currentThreadId();
  affinity.pin(self, cpus);
  let spawned: SpawnedReactor;
  try {
    spawned = start();
  } catch (error) {
    affinity.pin(self, home);
    throw error;
  }
  try {
    affinity.pin(self, home);
  } catch (error) {
    // Nobody would know of the thread. It holds no native handle yet, so it may be terminated.
    void spawned.worker.terminate();
    spawned.port.close();
    throw error;
  }
  return spawned;
}
