export { type AdmissionLimits, AdmissionTable, SharedAdmission } from './admission-table.js';
export { Heartbeat } from './heartbeat.js';
export { type LoopDelayHistogram, MetricsBlock, MetricsTotals } from './metrics-block.js';
