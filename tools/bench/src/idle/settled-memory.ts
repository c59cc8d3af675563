// Collects garbage until the memory of a server no longer changes.
import { setTimeout } from 'node:timers/promises';
import type { ProcessMemory } from '../core/process-memory.js';

/** Memory has come to rest if two readings in a row differ by no more than this share. */
const STILL_SHARE = 0.002;
const MAX_READINGS = 20;
const BETWEEN_READINGS_MS = 200;

/**
 * Collects garbage and reads memory until memory comes to rest.
 * @returns the last reading, and whether memory came to rest in time
 */
export async function settledMemory(
  collect: () => Promise<void>,
  read: () => ProcessMemory,
  betweenMs = BETWEEN_READINGS_MS,
): Promise<{ readonly memory: ProcessMemory; readonly isStill: boolean }> {
  let memory = read();
  for (let readings = 1; readings < MAX_READINGS; readings += 1) {
    await collect();
    await setTimeout(betweenMs);
    const next = read();
    const change = Math.abs(next.resident - memory.resident) / memory.resident;
    memory = next;
    if (change <= STILL_SHARE && readings > 1) return { memory, isStill: true };
  }
  return { memory, isStill: false };
}
