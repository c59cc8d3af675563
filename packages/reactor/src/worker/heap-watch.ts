/** Tells when the heap of a reactor is nearly full of live objects. */
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/**
 * Share of the heap that live objects may fill before the reactor is replaced. The rest is room for
 * the drain. From 80% on, V8 may end the thread: it does so when four full collections in a row
 * leave the application less than two fifths of the time, as happens on a busy machine.
 */
export const HEAP_PRESSURE_RATIO = 0.75;

/**
 * Calls `onPressure` once, when the objects that survive a full collection fill more than
 * {@link HEAP_PRESSURE_RATIO} of the heap. Right after a full collection the heap holds only live
 * objects. V8 makes full collections more often as the limit comes near.
 *
 * @param limitBytes the size of the old generation at which V8 gives up. `heap_size_limit` is
 * larger: it includes the young generation, where survivors of a full collection do not lie.
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
