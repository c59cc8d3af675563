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
  /** The time for which the reactor has been stalled, in milliseconds; 0 if it is not stalled. */
  readonly stalledMs: number;
  /** Whether the memory for messages is short: those who hold most lose it. */
  readonly memoryShort: boolean;
  /** How often the reactor was stalled, with the reactors before it in the same place. */
  readonly stalls: number;
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

/** What the health of a reactor follows from. */
export type ReactorVitals = Pick<
  ReactorStatus,
  'reactor' | 'state' | 'stalled' | 'stalledMs' | 'memoryShort'
>;

/** What the health of a server follows from. */
export interface ServerVitals {
  readonly state: ServerState;
  /** The time after which a stalled reactor makes the server unhealthy, in milliseconds. */
  readonly stallLimitMs: number;
  readonly reactors: readonly ReactorVitals[];
}

/** What the admin server has refused since its start. */
export interface AdminRefusals {
  /** Requests for a host that is not allowed. */
  readonly hosts: number;
  /** Connections that were closed to make room for newer ones. */
  readonly connections: number;
}

/** The status of a server. */
export interface ServerStatus extends ServerVitals {
  /** `null` before the server is ready, and if the network of the transport has no ports. */
  readonly url: string | null;
  readonly transport: string;
  readonly pinned: boolean;
  readonly uptimeSeconds: number;
  readonly admin: AdminRefusals;
  readonly reactors: readonly ReactorStatus[];
  readonly lanes: readonly LaneStatus[];
  /** The counters of the supervisor: the cells of {@link SUPERVISOR_CELLS}. */
  readonly supervisor: Pick<Metrics, 'read'>;
  /** The log lines that were lost: the log ring was full, or the log could not be written. */
  readonly logLinesLost: number;
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
  /** The number of reactors that serve, and of all. Absent before the server is ready. */
  readonly serving?: number;
  readonly reactors?: number;
  /** The reactors that are stalled. Absent before the server is ready. */
  readonly stalled?: readonly number[];
}

const serves = ({ state, stalled }: ReactorVitals): boolean => state === 'ready' && !stalled;

/**
 * Tells whether to keep the process: yes during start and drain, and while a reactor runs. A
 * reactor that is stalled for longer than the limit makes it no: no other thread can close the
 * listener of that reactor, so the kernel goes on to give it connections, which hang.
 */
export function liveness(status: ServerVitals): Health {
  const { state, reactors } = status;
  if (state !== 'ready') return { ok: state === 'starting' || state === 'draining', reason: state };
  const isAlive = reactors.some((reactor) => reactor.state === 'ready');
  return { ok: isAlive && !isOverLimit(status), ...serviceOf(reactors) };
}

/** Tells whether the server takes new connections: whether a reactor serves. */
export function readiness(status: ServerVitals): Health {
  const { state, reactors } = status;
  if (state !== 'ready') return { ok: false, reason: state };
  const service = serviceOf(reactors);
  return { ok: service.serving > 0 && !isOverLimit(status), ...service };
}

const isOverLimit = ({ reactors, stallLimitMs }: ServerVitals): boolean =>
  reactors.some(({ stalledMs }) => stalledMs >= stallLimitMs);

/** Says how many reactors serve, and what is wrong with each of the others. */
function serviceOf(
  reactors: readonly ReactorVitals[],
): Omit<Health, 'ok'> & { readonly serving: number } {
  const serving = reactors.filter(serves).length;
  const others = reactors
    .filter((reactor) => !serves(reactor))
    .map(({ reactor, state, stalled, stalledMs }) =>
      stalled
        ? `reactor ${reactor} has been stalled for ${(stalledMs / 1_000).toFixed(1)} s`
        : `reactor ${reactor} is ${state}`,
    );
  const short = reactors.filter(({ memoryShort }) => memoryShort);
  if (short.length > 0)
    others.push(`memory is short on reactor ${short.map(({ reactor }) => reactor).join(', ')}`);
  return {
    reason: [`${serving} of ${reactors.length} reactors serve`, ...others].join('; '),
    serving,
    reactors: reactors.length,
    stalled: reactors.filter(({ stalled }) => stalled).map(({ reactor }) => reactor),
  };
}
