/** The status of a server and of its reactors, and the health that follows from it. */
import { Metric, type Metrics, type ReactorState } from '@hioload/api';
import type { MetricsTotals } from '@hioload/pool';

/**
 * The state of a server: `idle` before the start, `starting` until every reactor is ready, `ready`,
 * `draining`, and `stopped` at the end. The state is `failed` if the start failed.
 */
export type ServerState = 'idle' | 'starting' | 'ready' | 'draining' | 'stopped' | 'failed';

/** The status of one reactor. */
export interface ReactorStatus {
  readonly reactor: number;
  readonly state: ReactorState;
  /** Whether the event loop of the reactor has stood still for most of a second. */
  readonly stalled: boolean;
  readonly cpus: readonly number[];
  readonly node: number;
  /** The id that the kernel gave the thread. `null` while no thread runs. */
  readonly threadId: number | null;
  /** The name of the idle strategy. `null` while no thread runs. */
  readonly loop: string | null;
  readonly restarts: number;
  readonly lastError: string | null;
  readonly heapLimitMb: number;
  readonly totals: MetricsTotals;
}

/** The status of the lanes from one reactor to another, with the lanes of past reactors. */
export interface LaneStatus {
  /** The number of the reactor, or `supervisor`. */
  readonly from: string;
  readonly to: string;
  /** The bytes that the reader has not read. */
  readonly depthBytes: number;
  /** The number of messages that the reader lost because the lane was full. */
  readonly full: number;
}

/** The status of a server. */
export interface ServerStatus {
  readonly state: ServerState;
  /** `null` before the server is ready, and if the network of the transport has no ports. */
  readonly url: string | null;
  readonly transport: string;
  readonly pinned: boolean;
  readonly uptimeSeconds: number;
  readonly reactors: readonly ReactorStatus[];
  readonly lanes: readonly LaneStatus[];
  /** The counters of the supervisor: the cells of {@link SUPERVISOR_CELLS}. */
  readonly supervisor: Pick<Metrics, 'read'>;
}

/** The cells that the supervisor counts itself. It publishes messages, and receives none. */
export const SUPERVISOR_CELLS: readonly number[] = [
  Metric.BusMessagesOut,
  Metric.BusDoorbells,
  Metric.DroppedLaneFull,
  Metric.DroppedSlabFull,
  Metric.DroppedTooLong,
];

/** The answer of a health page. */
export interface Health {
  readonly ok: boolean;
  readonly reason: string;
}

const serves = ({ state, stalled }: ReactorStatus): boolean => state === 'ready' && !stalled;

/** Tells whether to keep the process: yes during start and drain, and while a reactor serves. */
export function liveness({ state, reactors }: ServerStatus): Health {
  if (state !== 'ready') return { ok: state === 'starting' || state === 'draining', reason: state };
  const serving = reactors.filter(serves).length;
  return { ok: serving > 0, reason: `${serving} of ${reactors.length} reactors serve` };
}

/** Tells whether the server takes new connections. */
export function readiness(status: ServerStatus): Health {
  return status.state === 'ready' ? liveness(status) : { ok: false, reason: status.state };
}
