// Chooses how threads of this process are bound to CPUs.
import type { Affinity } from '@hioload/api';
import { KernelAffinity } from './kernel-affinity.js';
import { TasksetAffinity } from './taskset-affinity.js';

/**
 * The best binding that this process has: the system call where Node can make it, the program
 * taskset otherwise.
 */
export function machineAffinity(): Affinity {
  const byCall = new KernelAffinity();
  return byCall.available.ok ? byCall : new TasksetAffinity();
}
