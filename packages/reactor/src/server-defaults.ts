/** The defaults of a server, for `createServer` and for the options of the launcher. */
import { DEFAULT_LIMITS } from '@hioload/api';

const MIB = 1_048_576;

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
  bus: {
    flushRecords: 32,
    drainRecords: 256,
    /** The default length of the longest message of a peer. */
    maxPayloadBytes: DEFAULT_LIMITS.maxPayloadBytes,
    slabBytes: 8 * MIB,
  },
} as const;

/** The default port of the admin pages: the next port, or any free port if `port` is 0. */
export function defaultAdminPort(port: number): number {
  return port === 0 ? 0 : port + 1;
}
