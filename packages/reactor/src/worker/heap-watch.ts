import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/**
 * Share of the heap that may live before the reactor is replaced: what is left is room to drain in.
 * V8 gives up from 80% on where four full collections in a row leave the application less than two
 * fifths of the time, as on a busy machine.
 */
export const HEAP_PRESSURE_RATIO = 0.75;

/**
 * Calls `onPressure` once, when what has survived a full collection passes
 * {@link HEAP_PRESSURE_RATIO} of the heap. Looking right after a full collection tells what lives
 * from what is merely not collected yet; V8 collects fully more and more often as the limit comes
 * near.
 *
 * @param limitBytes the size of the old generation at which V8 gives up. `heap_size_limit` tells
 * more than that: it counts room for the young generation, which survivors of a full collection do
 * not use.
 */
export function watchHeap(limitBytes: number, onPressure: (usedBytes: number) => void): void {
  const observer = new PerformanceObserver((list) => {
    if (!list.getEntries().some(isFullCollection)) return;
    const { used_heap_size: usedBytes } = getHeapStatistics();
    if (usedBytes < limitBytes * HEAP_PRESSURE_RATIO) return;
    observer.disconnect();
    onPressure(usedBytes);
  });
  observer.observe({ entryTypes: ['gc'] });
}

function isFullCollection(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { readonly detail?: { readonly kind?: number } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
