/** Decides whether reactors are bound to CPUs, and checks that they are. */
import { type Affinity, HioloadError, type Topology } from '@hioload/api';
import type { PinMode } from './server-options.js';

/** Whether the reactors are pinned, with the reason. */
export interface PinDecision {
  readonly pinned: boolean;
  readonly reason: string;
}

/**
 * Decides whether to pin the reactors.
 * @throws HIOLOAD_AFFINITY_FAILED if the mode is `on` and the machine cannot bind threads
 */
export function decidePinning(mode: PinMode, topology: Topology, affinity: Affinity): PinDecision {
  if (mode === 'off') return { pinned: false, reason: '--pin off' };
  const { available } = affinity;
  if (!available.ok) {
    if (mode === 'on') {
      throw new HioloadError(
        'HIOLOAD_AFFINITY_FAILED',
        `pin on: the threads cannot be bound (${available.reason}). Use auto or off.`,
      );
    }
    return { pinned: false, reason: available.reason };
  }
  const { cpuQuota, allowedCpus } = topology;
  if (mode === 'auto' && cpuQuota !== null && cpuQuota < allowedCpus.length) {
    // With a quota, other processes use the same CPUs. A pinned thread would wait for its CPU while
    // another CPU is free.
    return {
      pinned: false,
      reason: `the cgroup grants ${cpuQuota} CPUs of time on ${allowedCpus.length} shared CPUs`,
    };
  }
  return {
    pinned: true,
    reason: mode === 'on' ? '--pin on' : 'each reactor has CPUs of its own',
  };
}

/** Checks that a thread may run on these CPUs and no others. @throws HIOLOAD_AFFINITY_FAILED */
export function verifyPinning(affinity: Affinity, threadId: number, cpus: readonly number[]): void {
  const found = affinity.read(threadId);
  if (found.length === cpus.length && found.every((cpu, i) => cpu === cpus[i])) return;
  throw new HioloadError(
    'HIOLOAD_AFFINITY_FAILED',
    `thread ${threadId} was pinned to CPUs ${cpus.join(',')} but may run on ${found.join(',')}`,
  );
}
