/** Shows the supervisor that the event loop of a reactor turns. */
import { Histogram, type Metrics } from '@hioload/api';
import type { Heartbeat } from '@hioload/pool';

/**
 * Time between two beats. Nothing else wakes an idle reactor: five beats a second cost 0.05% of a
 * core.
 */
export const BEAT_MS = 200;

/**
 * Beats as long as the event loop turns, and records how late each beat is. The beat does not keep
 * the event loop alive.
 * @param report brings gauges up to date at each beat
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
