import { Histogram, type Metrics } from '@hioload/api';
import type { Heartbeat } from '@hioload/pool';

/** Time between two beats. Ten a second cost an idle reactor some 0.01% of a core. */
export const BEAT_MS = 100;

/**
 * Beats as long as the event loop turns, and notes how late each beat was. Does not keep the loop alive.
 * @param report brings gauges up to date, at each beat
 */
export function startPulse(heartbeat: Heartbeat, metrics: Metrics, report: () => void): void {
  let dueMs = performance.now() + BEAT_MS;
  setInterval(() => {
    const nowMs = performance.now();
    heartbeat.beat();
    metrics.observe(Histogram.LoopDelay, Math.max(0, nowMs - dueMs) / 1_000);
    report();
    dueMs = nowMs + BEAT_MS;
  }, BEAT_MS).unref();
}
