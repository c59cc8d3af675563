import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** Share of the heap limit that may live before the reactor is replaced: what is left is room to drain in. */
export const HEAP_PRESSURE_RATIO = 0.85;

/**
 * Calls `onPressure` once, when what has survived a full collection passes {@link HEAP_PRESSURE_RATIO} of the heap limit.
 * Looking right after a full collection tells what lives from what is merely not collected yet; V8 collects fully more
 * and more often as the limit comes near.
 */
export function watchHeap(onPressure: (usedBytes: number, limitBytes: number) => void): void {
  const observer = new PerformanceObserver((list) => {
    const full = list.getEntries().some(isMajor);
    if (!full) return;
    const { used_heap_size: usedBytes, heap_size_limit: limitBytes } = getHeapStatistics();
    if (usedBytes < limitBytes * HEAP_PRESSURE_RATIO) return;
    observer.disconnect();
    onPressure(usedBytes, limitBytes);
  });
  observer.observe({ entryTypes: ['gc'] });
}

function isMajor(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { readonly detail?: { readonly kind?: number } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
