/** What the supervisor knows of the server, and what follows for its health. */
import { Metric, type Metrics, type ReactorState } from '@hioload/api';
import type { MetricsTotals } from '@hioload/pool';

/**
 * State of the server. `idle` until started, `starting` until every reactor is ready, `ready`,
 * `draining`, `stopped` for good; `failed` where the start failed.
 */
export type ServerState = 'idle' | 'starting' | 'ready' | 'draining' | 'stopped' | 'failed';

/** What the supervisor knows of one reactor. */
export interface ReactorStatus {
  readonly reactor: number;
  readonly state: ReactorState;
  /** Its event loop has not turned for most of a second. */
  readonly stalled: boolean;
  readonly cpus: readonly number[];
  readonly node: number;
  /** The operating system's id of its thread, or `null` where none runs. */
  readonly threadId: number | null;
  readonly restarts: number;
  readonly lastError: string | null;
  readonly heapLimitMb: number;
  readonly totals: MetricsTotals;
}

/**
 * What the supervisor knows of the lanes from one reactor to another, those of its predecessors
 * there included.
 */
export interface LaneStatus {
  /** The number of the reactor, or `supervisor`. */
  readonly from: string;
  readonly to: string;
  /** Bytes that wait to be read. */
  readonly depthBytes: number;
  /** Messages that found it full, and were lost for the reader. */
  readonly full: number;
}

/** What the supervisor knows of the server. */
export interface ServerStatus {
  readonly state: ServerState;
  readonly url: string | null;
  readonly transport: string;
  readonly pinned: boolean;
  readonly uptimeSeconds: number;
  readonly reactors: readonly ReactorStatus[];
  readonly lanes: readonly LaneStatus[];
  /** What the supervisor itself has published: the cells of {@link SUPERVISOR_CELLS}. */
  readonly supervisor: Pick<Metrics, 'read'>;
}

/** What the supervisor counts besides the reactors: it publishes, and takes nothing. */
export const SUPERVISOR_CELLS: readonly number[] = [
  Metric.BusMessagesOut,
  Metric.BusDoorbells,
  Metric.DroppedLaneFull,
  Metric.DroppedSlabFull,
  Metric.DroppedTooLong,
];

/** Outcome of a health question: whether it is well, and why. */
export interface Health {
  readonly ok: boolean;
  readonly reason: string;
}

const serves = ({ state, stalled }: ReactorStatus): boolean => state === 'ready' && !stalled;

/** Whether the process is worth keeping: while it drains, or some reactor can serve. */
export function liveness({ state, reactors }: ServerStatus): Health {
  if (state !== 'ready') return { ok: state === 'starting' || state === 'draining', reason: state };
  const serving = reactors.filter(serves).length;
  return { ok: serving > 0, reason: `${serving} of ${reactors.length} reactors serve` };
}

/** Whether new connections are welcome. */
export function readiness(status: ServerStatus): Health {
  return status.state === 'ready' ? liveness(status) : { ok: false, reason: status.state };
}
