/** The defaults of a server: the one table that `createServer` and the launcher's options read. */
import { DEFAULT_LIMITS } from '@hioload/api';

const MIB = 1_048_576;

/** What holds where nobody sets an option. Options that are missing here may stay unset. */
export const SERVER_DEFAULTS = {
  // Safe by default: a server is reached from other machines only where somebody says so.
  host: '127.0.0.1',
  port: 9_001,
  adminHost: '127.0.0.1',
  group: 'core',
  pin: 'auto',
  /** Where the application does not name a transport either. */
  transport: 'auto',
  loop: 'park',
  drain: { spreadMs: 2_000, deadlineMs: 10_000 },
  startTimeoutMs: 8_500,
  bus: {
    flushRecords: 32,
    drainRecords: 256,
    /** The longest message of a peer by default. */
    maxPayloadBytes: DEFAULT_LIMITS.maxPayloadBytes,
    slabBytes: 8 * MIB,
  },
} as const;

/** The port of the admin pages where nobody sets it: the next one, or a free one beside port 0. */
export function defaultAdminPort(port: number): number {
  return port === 0 ? 0 : port + 1;
}
