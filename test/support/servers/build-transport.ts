// Builds a transport with surroundings that record what it reports.
import {
  DEFAULT_LIMITS,
  type ErrorCode,
  type Limits,
  type Transport,
  type TransportOptions,
  type WebSocketConn,
} from '@hioload/api';
import { FakeAdmission, FakeMetrics, FakeThreadPools } from '@hioload/fake';

/** One fault that a transport reported. */
export interface Fault {
  readonly code: ErrorCode;
  /** The value that the hook threw. */
  readonly cause: unknown;
  readonly conn: WebSocketConn | undefined;
  /** The state of the connection at the moment of the report. */
  readonly state: string | undefined;
}

/** The options of a transport that a test cares about; each other option has a default here. */
export type TransportSettings<Options extends object = TransportOptions> = Partial<
  Omit<Options, 'limits'>
> & { readonly limits?: Partial<Limits> };

/** A transport that does not listen yet, and the notes about it. */
export interface BuiltTransport<Built extends Transport = Transport> {
  readonly transport: Built;
  /** The admission of the transport, unless the settings name another one. */
  readonly admission: FakeAdmission;
  /** The counters of the transport, unless the settings name others. */
  readonly metrics: FakeMetrics;
  readonly faults: readonly Fault[];
}

/**
 * Builds a transport for a test: with the default limits, on the path `/`, with a fake admission,
 * counters that can be read and pools that find misuse.
 */
export async function buildTransport<Create extends (options: never) => Promise<Transport>>(
  create: Create,
  settings: TransportSettings<Parameters<Create>[0]> = {},
): Promise<BuiltTransport<Awaited<ReturnType<Create>>>> {
  const admission = new FakeAdmission();
  const metrics = new FakeMetrics();
  const faults: Fault[] = [];
  const { limits, handlers = {}, ...rest } = settings as TransportSettings;
  const options: TransportOptions = {
    path: '/',
    protocols: [],
    allowedOrigins: [],
    whenBufferFull: 'drop',
    firstConnId: 1,
    pools: new FakeThreadPools(),
    admission,
    metrics,
    onFault: (error, conn) =>
      void faults.push({ code: error.code, cause: error.cause, conn, state: conn?.state }),
    ...rest,
    limits: { ...DEFAULT_LIMITS, ...limits },
    handlers,
  };
  const transport = (await create(options as never)) as Awaited<ReturnType<Create>>;
  return { transport, admission, metrics, faults };
}

/** Has a transport listen on a free port of the loopback address. @returns the port */
export function listen(transport: Transport): Promise<number> {
  return transport.listen({ host: '127.0.0.1', port: 0, shared: false });
}
