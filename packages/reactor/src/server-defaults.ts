/** The defaults and ranges of a server, for `createServer` and for the options of the launcher. */
import { DEFAULT_LIMITS } from '@hioload/api';

const MIB = 1_048_576;
const DAY_MS = 86_400_000;

/** The default of each option. An option that is missing here has no default. */
export const SERVER_DEFAULTS = {
  // Safe by default: other machines reach a server only if the user names another host.
  host: '127.0.0.1',
  port: 9_001,
  adminHost: '127.0.0.1',
  group: 'core',
  pin: 'auto',
  /** The application may name another transport. */
  transport: 'auto',
  loop: 'park',
  drain: { spreadMs: 2_000, deadlineMs: 10_000 },
  // A busy machine starts threads late. A start that fails reports its error without the wait.
  startTimeoutMs: 30_000,
  stallLimitMs: 30_000,
  stallAction: 'report',
  bus: {
    flushRecords: 32,
    drainRecords: 256,
    /** The default length of the longest message of a peer. */
    maxPayloadBytes: DEFAULT_LIMITS.maxPayloadBytes,
    slabBytes: 8 * MIB,
  },
} as const;

/** A range of whole numbers, both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The ranges of options that both `createServer` and the launcher check. */
export const SERVER_RANGES = {
  port: { min: 0, max: 65_535 },
  reactors: { min: 1, max: 1_024 },
  heapMb: { min: 32, max: 65_536 },
  startTimeoutMs: { min: 1, max: DAY_MS },
  drainMs: { min: 0, max: DAY_MS },
  // A shorter limit would end reactors that a long garbage collection holds up.
  stallLimitMs: { min: 1_000, max: DAY_MS },
} as const satisfies Readonly<Record<string, Range>>;

/**
 * The exit code of a process that ends because a reactor is stalled (`EX_SOFTWARE` of sysexits).
 */
export const STALL_EXIT_CODE = 70;

/** The default port of the admin pages: the next port, or any free port if `port` is 0. */
export function defaultAdminPort(port: number): number {
  return port === 0 ? 0 : port + 1;
}
