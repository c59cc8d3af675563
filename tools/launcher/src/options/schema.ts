import { LIMIT_TABLE, type LimitName } from '@hioload/api';
import { z } from 'zod';
import { choice, text, toggle, wholeNumber } from './kinds.js';

const HOST = /^[\w.:%-]{1,253}$/;
const PATH = /^[^\0]+$/;
const DAY_MS = 86_400_000;

const host = (): z.ZodType<string> => text('host', HOST, 'a host name or a numeric address');

const limitSchema = (name: LimitName): z.ZodOptional<z.ZodType<number>> => {
  const { min, max, unit, zeroIsOff, meaning } = LIMIT_TABLE[name];
  return wholeNumber({ min, max, unit, zeroIsOff }).optional().describe(meaning);
};

const limitShape = Object.fromEntries(
  (Object.keys(LIMIT_TABLE) as LimitName[]).map((name) => [name, limitSchema(name)]),
) as { [Name in LimitName]: z.ZodOptional<z.ZodType<number>> };

/**
 * Every option of `hioload serve`. The keys of this object are the keys of a configuration file;
 * flags, variables, help and error lines are derived from it. An option without a default may stay
 * unset.
 */
export const SERVE_SCHEMA = z.strictObject({
  module: text('MODULE', PATH, 'the path of a TypeScript or JavaScript module').describe(
    'the application: a module whose default export is defineApp({ ... })',
  ),
  port: wholeNumber({ min: 0, max: 65_535 })
    .default(9001)
    .describe('port for WebSockets; 0 takes a free one'),
  // Safe by default: who wants to be reached from other machines says so with 0.0.0.0 or ::.
  host: host()
    .default('127.0.0.1')
    .describe('address to listen on; 0.0.0.0 or :: opens it to other machines'),
  admin: toggle().default(true).describe('health and metrics over HTTP'),
  adminPort: wholeNumber({ min: 0, max: 65_535 })
    .optional()
    .describe('port for health and metrics; default: port + 1, or a free one where port is 0'),
  adminHost: host().default('127.0.0.1').describe('address for health and metrics'),
  reactors: wholeNumber({ min: 1, max: 1_024 })
    .optional()
    .describe('how many reactors serve, at most one per allowed CPU; default: one per group'),
  group: choice('core', 'llc', 'numa')
    .default('core')
    .describe('CPUs that make one group: a core, a shared last-level cache or a NUMA node'),
  pin: choice('auto', 'on', 'off')
    .default('auto')
    .describe('whether reactors are bound to their CPUs; on fails where that cannot be'),
  transport: choice('auto', 'uws', 'net')
    .default('auto')
    .describe(
      'what carries the connections; auto takes uws where the native module loads, else net',
    ),
  accept: choice('kernel')
    .default('kernel')
    .describe('how connections are shared out among the reactors'),
  loop: choice('park', 'adaptive', 'spin')
    .default('park')
    .describe(
      'how a reactor waits for the others: asleep, looking on for 100 microseconds first, or ' +
        'never asleep',
    ),
  flushRecords: wholeNumber({ min: 1, max: 1_048_576, unit: 'messages' })
    .default(32)
    .describe('messages gathered for another reactor before it sees them within a turn'),
  drainRecords: wholeNumber({ min: 1, max: 1_048_576, unit: 'messages' })
    .default(256)
    .describe('most messages taken from one reactor before the next has its turn'),
  laneKib: wholeNumber({ min: 4, max: 65_536, unit: 'KiB' })
    .optional()
    .describe(
      'least room between two reactors, up to the next power of two; default: 512 or less, by ' +
        'their number',
    ),
  maxPublishBytes: wholeNumber({ min: 1, max: 67_000_000, unit: 'bytes' })
    .default(1_048_576)
    .describe('longest message that reaches other reactors'),
  slabMib: wholeNumber({ min: 1, max: 2_047, unit: 'MiB' })
    .default(8)
    .describe(
      'memory of a reactor for long messages on their way; half is for the longest: 3 unread ' +
        'ones of 1 MiB by default',
    ),
  drainSpreadMs: wholeNumber({ min: 0, max: DAY_MS, unit: 'milliseconds' })
    .default(2_000)
    .describe('time over which the closes of a shutdown are spread'),
  drainDeadlineMs: wholeNumber({ min: 0, max: DAY_MS, unit: 'milliseconds' })
    .default(10_000)
    .describe('time after which a shutdown cuts whoever is left'),
  startTimeoutMs: wholeNumber({ min: 100, max: DAY_MS, unit: 'milliseconds' })
    .default(8_500)
    .describe('time within which every reactor must be ready'),
  heapMb: wholeNumber({ min: 32, max: 65_536, unit: 'MiB' })
    .optional()
    .describe('heap of one reactor; default: its share of the memory allowed'),
  hugePages: toggle()
    .default(false)
    .describe('shared memory on huge pages, where kernel and C library offer it'),
  numactl: toggle()
    .default(false)
    .describe(
      'all memory on the NUMA nodes that reactors run on, by starting the server under numactl',
    ),
  logLevel: choice('debug', 'info', 'warn', 'error', 'silent')
    .default('info')
    .describe(
      'least level that is logged; debug shows the stack of an application that does not start',
    ),
  logFormat: choice('auto', 'pretty', 'json')
    .default('auto')
    .describe('form of log lines; auto is pretty on a terminal, else json'),
  limits: z.strictObject(limitShape).default({}),
});

/** Options of `hioload serve`, validated. */
export type ServeOptions = z.output<typeof SERVE_SCHEMA>;
