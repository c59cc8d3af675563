// The fake transport: the contract of a transport, in memory and without sockets.
import {
  assertTopic,
  type Clock,
  type ConnId,
  ConnState,
  DEFAULT_LIMITS,
  HioloadError,
  type ListenAddress,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  type Topic,
  type Transport,
  type TransportFeatures,
  type TransportOptions,
  type WebSocketConn,
} from '@hioload/api';
import { FakeAdmission } from './admission.js';
import { capture, CapturedMessage } from './captured.js';
import { FakeClock } from './clock.js';
import { type FakeConnectOptions, FakeHandshake } from './fake-handshake.js';
import { type HookFault, Hub } from './hub.js';
import { FakeMetrics } from './metrics.js';
import { FakeNetwork } from './network.js';
import { FakePeer, type PeerControls } from './peer.js';
import { answerPlain, type FakeAnswer, type FakeRequest } from './plain-request.js';
import { FakeThreadPools } from './thread-pools.js';

/** The surroundings of a fake transport. */
export interface FakeTransportSurroundings {
  /** The clock of deadlines, idle timeouts and rates. Default: a clock that stands still. */
  readonly clock?: Clock;
  /** Default: a network of its own. */
  readonly network?: FakeNetwork;
}

/**
 * A transport in memory. Admission, origin, path, upgrade, limits, topics, faults and counters work
 * as over a socket, without a socket and without a timer. The transport makes its peers itself, and
 * each call of a peer has its whole effect at once.
 *
 * ```ts
 * const transport = new FakeTransport(fakeTransportOptions({
 *   handlers: { message: (conn, message) => void conn.send(message) },
 * }));
 * await transport.listen({ host: '127.0.0.1', port: 0, shared: false });
 * const peer = transport.connect();
 * peer.send('hello');
 * expect(peer.texts).toEqual(['hello']);
 * transport.close();
 * ```
 *
 * To test a whole application, `runApp` is easier.
 */
export class FakeTransport<Data = unknown> implements Transport {
  readonly features: TransportFeatures = { sharesPort: true, exemptions: [] };
  readonly #hub: Hub<Data>;
  readonly #network: FakeNetwork;
  #port: number | undefined;
  #closed = false;

  constructor(options: TransportOptions<Data>, { clock, network }: FakeTransportSurroundings = {}) {
    this.#hub = new Hub(options, clock ?? new FakeClock());
    this.#network = network ?? new FakeNetwork();
  }

  get connectionCount(): number {
    return this.#hub.conns.size;
  }

  /** The reported faults of hooks, oldest first. */
  get faults(): readonly HookFault<Data>[] {
    return this.#hub.faults;
  }

  /**
   * @throws HIOLOAD_OPTION_INVALID, HIOLOAD_PORT_IN_USE, and HIOLOAD_STATE if it listens already
   * or is stopped meanwhile (as rejections)
   */
  async listen(address: ListenAddress): Promise<number> {
    this.#assertAlive('listen');
    if (this.#port !== undefined) {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `listen: the transport listens on port ${this.#port} already`,
      );
    }
    const port = this.#network.claim(address);
    this.#port = port;
    await Promise.resolve();
    if (this.#port !== port) {
      throw new HioloadError(
        'HIOLOAD_STATE',
        'listen: the transport was stopped before it listened; make a new transport',
      );
    }
    return port;
  }

  stopListening(): void {
    if (this.#port !== undefined) this.#network.release(this.#port);
    this.#port = undefined;
  }

  /**
   * Makes a peer that asks for a connection. Its state has the outcome at once, unless an
   * asynchronous upgrade hook decides (`await peer.settled`).
   */
  connect(options: FakeConnectOptions = {}): FakePeer<Data> {
    let controls!: PeerControls<Data>;
    const peer = new FakePeer<Data>((handed) => {
      controls = handed;
    });
    if (this.#port === undefined) controls.unreachable();
    else this.#hub.turns.run(() => new FakeHandshake(this.#hub, peer, controls, options).begin());
    return peer;
  }

  /** Sends a plain request, such as for a page. Returns undefined if nobody listens. */
  request(request: FakeRequest): FakeAnswer | undefined {
    return this.#port === undefined ? undefined : answerPlain(this.#hub.options, request);
  }

  forEachConnection(visit: (conn: WebSocketConn) => void): void {
    this.#assertAlive('forEachConnection');
    for (const conn of [...this.#hub.conns]) if (conn.closedWith === undefined) visit(conn);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    assertTopic(topic, this.#hub.options.limits.maxTopicBytes);
    return publishResult(this.#hub.deliver(topic, capture(message, options)) > 0 ? 1 : 0, 0);
  }

  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    return this.#hub.deliver(
      topic,
      new CapturedMessage(new Uint8Array(bytes.subarray(start, end)), isBinary),
    );
  }

  connection(id: ConnId): WebSocketConn<Data> | undefined {
    for (const conn of this.#hub.conns)
      if (conn.id === id && conn.state === ConnState.Open) return conn;
    return undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.stopListening();
    for (const giveUp of [...this.#hub.undecided]) giveUp();
    for (const conn of [...this.#hub.conns]) conn.terminate();
    this.#closed = true;
  }

  #assertAlive(what: string): void {
    if (this.#closed)
      throw new HioloadError('HIOLOAD_STATE', `transport: ${what} after close; allowed before`);
  }
}

/** The options of a transport that serves everything at `/`. Missing options get fakes. */
export function fakeTransportOptions<Data = unknown>(
  options: Partial<Omit<TransportOptions<Data>, 'limits'>> & {
    readonly limits?: Partial<TransportOptions['limits']>;
  } = {},
): TransportOptions<Data> {
  return {
    handlers: {},
    path: '/',
    protocols: [],
    allowedOrigins: [],
    whenBufferFull: 'drop',
    admission: new FakeAdmission(),
    metrics: new FakeMetrics(),
    pools: new FakeThreadPools(),
    firstConnId: 1,
    onFault: () => undefined,
    ...options,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  };
}
