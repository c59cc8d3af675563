// Test support: a transport on a free port that records its calls.
import {
  AdmissionVerdict,
  type ConnectionHandlers,
  DEFAULT_LIMITS,
  type HioloadError,
  type Limits,
  METRIC_SERIES,
  type Transport,
  type TransportOptions,
  type WebSocketConn,
} from '@hioload/api';
import { FakeThreadPools } from '@hioload/fake';
import { createUwsTransport } from '../../src/uws/index.js';

export interface ServerOptions<Data> extends Partial<
  Omit<TransportOptions<Data>, 'limits' | 'admission' | 'metrics'>
> {
  readonly limits?: Partial<Limits>;
  /** The answer of the admission. Default: admitted. */
  readonly verdict?: () => AdmissionVerdict;
}

/** A transport that listens on a free port, and its reports to its surroundings. */
export interface TestServer {
  readonly transport: Transport;
  readonly port: number;
  readonly faults: { readonly error: HioloadError; readonly conn: WebSocketConn | undefined }[];
  /** The addresses that are booked with the admission now. */
  readonly booked: string[];
  /** How often the admission was asked. */
  readonly asked: () => number;
  /** The value of a cell of `Metric`. */
  readonly metric: (cell: number) => number;
}

/** Makes a transport with readable counters. It does not listen yet. */
export async function makeServer<Data = unknown>(
  handlers: ConnectionHandlers<Data> = {},
  options: ServerOptions<Data> = {},
): Promise<Omit<TestServer, 'port'>> {
  const cells = METRIC_SERIES.map(() => 0);
  const faults: { error: HioloadError; conn: WebSocketConn | undefined }[] = [];
  const booked: string[] = [];
  let asked = 0;
  const { limits, verdict, ...rest } = options;
  const transport = await createUwsTransport<Data>({
    handlers,
    path: '/',
    protocols: [],
    allowedOrigins: [],
    limits: { ...DEFAULT_LIMITS, ...limits },
    whenBufferFull: 'drop',
    admission: {
      admit(address) {
        asked++;
        const answer = verdict?.() ?? AdmissionVerdict.Admitted;
        if (answer === AdmissionVerdict.Admitted) booked.push(address);
        return answer;
      },
      release(address) {
        const at = booked.indexOf(address);
        if (at < 0) throw new Error(`released what is not booked: ${address}`);
        booked.splice(at, 1);
      },
    },
    metrics: {
      add: (cell, amount) => void (cells[cell]! += amount),
      read: (cell) => cells[cell]!,
      observe: () => undefined,
    },
    pools: new FakeThreadPools(),
    firstConnId: 1,
    onFault: (error, conn) => void faults.push({ error, conn }),
    ...rest,
  });
  return { transport, faults, booked, asked: () => asked, metric: (cell) => cells[cell]! };
}

/** Makes a transport and lets it listen. */
export async function serve<Data = unknown>(
  handlers: ConnectionHandlers<Data> = {},
  options: ServerOptions<Data> = {},
): Promise<TestServer> {
  const server = await makeServer(handlers, options);
  return {
    ...server,
    port: await server.transport.listen({ host: '127.0.0.1', port: 0, shared: false }),
  };
}
