/** Every option of `hioload serve`: its range, its default and its help text. */
import { isHostEntry, isOriginEntry, LIMIT_TABLE, type LimitName } from '@hioload/api';
import { z } from 'zod';
import { SERVER_DEFAULTS, SERVER_RANGES } from '@hioload/reactor/defaults';
import { isInspectAddress } from './inspect-address.js';
import { choice, choiceOrModule, formed, level, list, text, toggle, wholeNumber } from './kinds.js';

const HOST = /^[\w.:%-]{1,253}$/;
const PATH = /^[^\0]+$/;
const MIB = 1_048_576;
/** The other levels of pino, and a common short form. */
const LEVEL_ALIASES = { trace: 'debug', fatal: 'error', warning: 'warn' } as const;

const host = (): z.ZodType<string> => text('host', HOST, 'a host name or a numeric address');

const limitSchema = (name: LimitName): z.ZodOptional<z.ZodType<number>> => {
  const { min, max, unit, zeroIsOff, meaning } = LIMIT_TABLE[name];
  return wholeNumber({ min, max, unit, zeroIsOff }).optional().describe(meaning);
};

const limitShape = Object.fromEntries(
  (Object.keys(LIMIT_TABLE) as LimitName[]).map((name) => [name, limitSchema(name)]),
) as { [Name in LimitName]: z.ZodOptional<z.ZodType<number>> };

/**
 * Every option of `hioload serve`. The keys of this object are the keys of a configuration file.
 * Flags, variables, the help and the error lines are derived from the object. An option without a
 * default may stay unset.
 */
export const SERVE_SCHEMA = z.strictObject({
  module: text('MODULE', PATH, 'the path of a TypeScript or JavaScript module').describe(
    'the application: a module whose default export is defineApp({ ... })',
  ),
  port: wholeNumber(SERVER_RANGES.port)
    .default(SERVER_DEFAULTS.port)
    .describe('port for WebSockets; 0 takes any free port'),
  // Safe by default: other machines reach the server only if the user says 0.0.0.0 or ::.
  host: host()
    .default(SERVER_DEFAULTS.host)
    .describe('address to listen on; 0.0.0.0 or :: makes the server reachable from other machines'),
  admin: toggle().default(true).describe('serve health and metrics over HTTP'),
  adminPort: wholeNumber(SERVER_RANGES.port)
    .optional()
    .describe('port for health and metrics; default: port + 1, or any free port if port is 0'),
  adminHost: host().default(SERVER_DEFAULTS.adminHost).describe('address for health and metrics'),
  adminAllowedHosts: list(
    'hosts',
    isHostEntry,
    'hosts with commas between them, such as example.org,example.org:8080,*.example.org, or *',
  )
    .optional()
    .describe(
      'hosts that requests for health and metrics may name, besides numeric addresses and ' +
        'localhost; default: none',
    ),
  allowedOrigins: list(
    'origins',
    isOriginEntry,
    'origins with commas between them, such as https://example.org,https://*.example.org, or *',
  )
    .optional()
    .describe(
      'origins of web pages that may connect, besides the origin of the host that the request ' +
        'names and the origins of the application; needed where a proxy rewrites the Host field',
    ),
  allowedHosts: list(
    'hosts',
    isHostEntry,
    'hosts with commas between them, such as example.org,example.org:9001,*.example.org,[::1]',
  )
    .optional()
    .describe(
      'hosts that a request may name; a request for any other host is answered with 421, also ' +
        'one of a web page whose domain leads to this server (DNS rebinding); default: every host',
    ),
  reactors: wholeNumber(SERVER_RANGES.reactors)
    .optional()
    .describe(
      'number of reactors, at most one per CPU that the process may use; default: one per group ' +
        'of CPUs, and no more than the CPU quota allows',
    ),
  group: choice('core', 'llc', 'numa')
    .default(SERVER_DEFAULTS.group)
    .describe(
      'one reactor runs on each group of CPUs: a core, a shared last-level cache, or a NUMA node',
    ),
  pin: choice('auto', 'on', 'off')
    .default(SERVER_DEFAULTS.pin)
    .describe(
      'bind each reactor to its CPUs; auto binds if the machine allows it and no CPU quota is ' +
        'smaller than the number of CPUs; on fails if the machine does not allow it',
    ),
  transport: choiceOrModule('auto', 'uws', 'net')
    .optional()
    .describe(
      'implementation of the connections; auto takes uws where the native module loads, else ' +
        'net; MODULE exports a TransportKind; default: the transport of the application, else auto',
    ),
  reactorModule: text('MODULE', PATH, 'the path of a TypeScript or JavaScript module')
    .optional()
    .describe('module whose default export is a ReactorFactory; default: the built-in reactor'),
  accept: choice('kernel')
    .default('kernel')
    .describe('the part that spreads new connections over the reactors; kernel is the only choice'),
  loop: choiceOrModule('park', 'adaptive', 'spin')
    .default(SERVER_DEFAULTS.loop)
    .describe(
      'how an idle reactor waits for messages of other reactors: park sleeps, adaptive looks ' +
        'for messages for 100 microseconds and then sleeps, spin never sleeps and uses its whole ' +
        'CPU',
    ),
  flushRecords: wholeNumber({ min: 1, max: 1_048_576, unit: 'messages' })
    .default(SERVER_DEFAULTS.bus.flushRecords)
    .describe(
      'messages that a reactor gathers for another reactor before it hands them over; the rest ' +
        'follows at the end of the turn',
    ),
  drainRecords: wholeNumber({ min: 1, max: 1_048_576, unit: 'messages' })
    .default(SERVER_DEFAULTS.bus.drainRecords)
    .describe('most messages that a reactor reads from one reactor before it reads from the next'),
  laneKib: wholeNumber({ min: 4, max: 65_536, unit: 'KiB' })
    .optional()
    .describe(
      'size of the queue from one reactor to another, rounded up to a power of two; default: ' +
        '512, or less for many reactors',
    ),
  maxPublishBytes: wholeNumber({ min: 1, max: 67_000_000, unit: 'bytes' })
    .default(SERVER_DEFAULTS.bus.maxPayloadBytes)
    .describe('longest message that one reactor can send to another'),
  slabMib: wholeNumber({ min: 1, max: 2_047, unit: 'MiB' })
    .default(SERVER_DEFAULTS.bus.slabBytes / MIB)
    .describe(
      'memory of a reactor for long messages that other reactors have not read yet; half of it ' +
        'is for the longest messages: by default 3 messages of 1 MiB',
    ),
  drainSpreadMs: wholeNumber({ ...SERVER_RANGES.drainMs, unit: 'milliseconds' })
    .default(SERVER_DEFAULTS.drain.spreadMs)
    .describe('time over which a shutdown spreads the closes of the connections'),
  drainDeadlineMs: wholeNumber({ ...SERVER_RANGES.drainMs, unit: 'milliseconds' })
    .default(SERVER_DEFAULTS.drain.deadlineMs)
    .describe('time after which a shutdown cuts the connections that are still open'),
  startTimeoutMs: wholeNumber({ ...SERVER_RANGES.startTimeoutMs, unit: 'milliseconds' })
    .default(SERVER_DEFAULTS.startTimeoutMs)
    .describe('time within which every reactor must be ready'),
  stallLimitMs: wholeNumber({ ...SERVER_RANGES.stallLimitMs, unit: 'milliseconds' })
    .default(SERVER_DEFAULTS.stallLimitMs)
    .describe('time after which a reactor whose event loop does not turn makes /healthz say 503'),
  stallAction: choice('report', 'exit')
    .default(SERVER_DEFAULTS.stallAction)
    .describe(
      'what the server does at the stall limit: report shows the stalled reactor on /healthz and ' +
        'in the log; exit also drains the other reactors and ends the server process, and the ' +
        'launcher starts the process again',
    ),
  heapMb: wholeNumber({ ...SERVER_RANGES.heapMb, unit: 'MiB' })
    .optional()
    .describe(
      'heap of one reactor; default: three quarters of the memory that the process may use, ' +
        'divided by the number of reactors, and 4096 at most',
    ),
  hugePages: toggle()
    .default(false)
    .describe('put shared memory on huge pages, where the kernel and the C library offer them'),
  numactl: toggle()
    .default(false)
    .describe(
      'start the server under numactl, which keeps its memory on the NUMA nodes of the reactors',
    ),
  logLevel: level(LEVEL_ALIASES, 'debug', 'info', 'warn', 'error', 'silent')
    .default('info')
    .describe(
      'lowest level that is logged; debug shows the stack of an application that does not start',
    ),
  logFormat: choice('auto', 'pretty', 'json')
    .default('auto')
    .describe('format of log lines; auto is pretty on a terminal, else json'),
  inspect: formed(
    '[host:]port',
    isInspectAddress,
    'a port, or a host and a port such as [::1]:9229',
  )
    .optional()
    .describe(
      'open the inspector of the server process, through which a debugger also reaches the ' +
        'reactors; --inspect alone stands for 127.0.0.1:9229; default: no inspector',
    ),
  limits: z.strictObject(limitShape).default({}),
});

/** Options of `hioload serve`, validated. */
export type ServeOptions = z.output<typeof SERVE_SCHEMA>;
